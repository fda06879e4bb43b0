package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.testing.RandomModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("bench")
class BenchCommandTest {
  private static Path model;

  @TempDir private static Path folder;

  @BeforeAll
  static void writeModel() throws IOException {
    model = RandomModel.builder().write(folder.resolve("it's \"one\".gguf"));
  }

  @Test
  void theTableHasTheColumnsOfLlamaBench() {
    List<String> lines = bench("-o md").lines().toList();
    assertEquals(
        List.of("model", "size", "params", "backend", "threads", "test", "t/s"),
        cells(lines.get(0)));
    assertEquals(4, lines.size());
    List<String> row = cells(lines.get(2));
    assertContains(row.get(0), "bitnet-b1.58 ");
    assertContains(row.get(0), " I2_S");
    assertContains(row.get(1), " KiB");
    assertEquals("scalar", row.get(3));
    assertEquals("1", row.get(4));
    assertEquals("pp8", row.get(5));
    assertTrue(row.get(6).matches("[0-9.]+ ± [0-9.]+"), row.get(6));
    assertEquals("tg2", cells(lines.get(3)).get(5));
  }

  @Test
  void theTableHasAColumnForTheLimitsAndALineThatNamesThem() {
    List<String> lines = bench("--limits 1").lines().toList();
    assertEquals(
        List.of("test", "t/s", "MB/token", "read", "int8"), cells(lines.get(0)).subList(5, 10));
    assertTrue(cells(lines.get(2)).get(8).matches("[0-9.]+ %"), lines.get(2));
    assertTrue(cells(lines.get(2)).get(9).matches("[0-9.]+ %"), lines.get(2));
    assertTrue(
        lines
            .getLast()
            .matches("scalar, 1 thread: read [0-9.]+ GB/s, int8 [0-9.]+ G multiply-adds/s"),
        lines.getLast());
  }

  @Test
  void theTableShowsBatchAndTypeOfTheCacheWhereTheyAreNotTheUsual() {
    List<String> lines = bench("-b 4,8 -ctk f32 -ctv f32 -n 0").lines().toList();
    assertEquals(
        List.of("threads", "n_batch", "type_kv", "test", "t/s"), cells(lines.get(0)).subList(4, 9));
    assertEquals(List.of("1", "4", "f32", "pp8"), cells(lines.get(2)).subList(4, 8));
    assertEquals(List.of("1", "8", "f32", "pp8"), cells(lines.get(3)).subList(4, 8));
  }

  @Test
  void theTableHasAColumnForAHeadThatIsNotTheUsual() {
    List<String> requantised = bench("-p 0 --head-type q6_k").lines().toList();
    assertEquals(List.of("head", "test"), cells(requantised.get(0)).subList(5, 7));
    assertEquals("q6_k full", cells(requantised.get(2)).get(5));
    List<String> screened = bench("-p 0 --head-type q8_0 --screened-head").lines().toList();
    assertEquals("q8_0 full", cells(screened.get(2)).get(5));
    assertEquals("q8_0 screened", cells(screened.get(3)).get(5));
    assertEquals("screened", cells(bench("-p 0 --screened-head").lines().toList().get(3)).get(5));
  }

  @Test
  void jsonTellsTypeAndSizeOfTheHead() {
    for (var type : List.of("f16", "q8_0", "q6_k")) {
      String option = type.equals("f16") ? "" : " --head-type " + type;
      JsonNode json = new JsonMapper().readTree(bench("-o json -p 0" + option));
      assertEquals(type, json.at("/0/head_type").asString());
      assertEquals("mapped", json.at("/0/weights").asString());
      long weights = 300 * 256;
      long bytes =
          switch (type) {
            case "f16" -> weights * 2;
            case "q8_0" -> weights / 32 * 34;
            default -> weights / 256 * 210;
          };
      assertEquals(bytes, json.at("/0/head_bytes").asLong());
    }
  }

  @Test
  void csvHasAHeadingAndOneLineForEachTest() {
    List<List<String>> rows = parseCsv(bench("-o csv --limits 1"));
    assertEquals(3, rows.size());
    List<String> names = rows.getFirst();
    assertEquals(List.of("cpu_info", "backends", "model_filename"), names.subList(0, 3));
    for (List<String> row : rows.subList(1, 3)) {
      assertEquals(names.size(), row.size());
      assertEquals("scalar", row.get(names.indexOf("backends")));
      assertEquals(model.toString(), row.get(names.indexOf("model_filename")));
      assertTrue(Double.parseDouble(row.get(names.indexOf("avg_ts"))) > 0);
      assertTrue(Double.parseDouble(row.get(names.indexOf("read_share"))) > 0);
      assertEquals("", row.get(names.indexOf("joules_per_token")));
    }
    assertEquals("8", rows.get(1).get(names.indexOf("n_prompt")));
    assertEquals("2", rows.get(2).get(names.indexOf("n_gen")));
  }

  @Test
  void jsonIsOneArrayWithEverySample() {
    JsonNode json = new JsonMapper().readTree(bench("-o json --limits 1"));
    assertEquals(2, json.size());
    assertEquals("scalar", json.at("/0/backends").asString());
    assertEquals(8, json.at("/0/n_prompt").asInt());
    assertEquals(2, json.at("/1/n_gen").asInt());
    assertEquals(2, json.at("/0/samples_ns").size());
    double first = json.at("/0/samples_ts/0").asDouble();
    assertEquals(8e9 / json.at("/0/samples_ns/0").asLong(), first, 1e-9 * first);
    double mean = (first + json.at("/0/samples_ts/1").asDouble()) / 2;
    assertEquals(mean, json.at("/0/avg_ts").asDouble(), 1e-6 * mean);
    assertTrue(json.at("/0/read_bandwidth").asLong() > 0);
    assertTrue(json.at("/0/joules_per_token").isNull());
  }

  @Test
  void jsonlIsOneObjectALine() {
    List<String> lines = bench("-o jsonl").lines().toList();
    assertEquals(2, lines.size());
    for (String line : lines) {
      assertEquals(1, new JsonMapper().readTree(line).at("/n_threads").asInt());
    }
  }

  @Test
  void sqlMakesATableAndFillsIt() {
    String sql = bench("-o sql");
    assertTrue(sql.startsWith("CREATE TABLE IF NOT EXISTS llama_bench (\n"), sql);
    assertContains(sql, "  n_prompt INTEGER,\n");
    assertContains(sql, "  avg_ts REAL,\n");
    assertContains(sql, "  joules_per_token REAL\n);");
    assertContains(sql, "it''s \"one\".gguf'");
    List<String> inserts =
        sql.lines().filter(line -> line.startsWith("INSERT INTO llama_bench (")).toList();
    assertEquals(2, inserts.size());
    for (String insert : inserts) {
      assertTrue(insert.endsWith("NULL, NULL, NULL, NULL, NULL);"), insert);
      String[] parts = insert.split("\\) VALUES \\(");
      assertEquals(parts[0].split(", ").length, parts[1].split(", ").length, insert);
    }
  }

  @Test
  void resultsCanBeWrittenInTwoForms() {
    var result = run("-o jsonl -oe csv");
    assertEquals(2, assertDone(result).lines().count());
    assertEquals(3, parseCsv(result.err()).size());
  }

  @Test
  void everyCombinationOfTheListsIsATest() {
    String out = bench("-p 2 -n 1-2 -pg 3,1 -pg 2,2 -d 0,4 --sequences 1,3 -r 1");
    assertEquals(
        List.of(
            "pp2",
            "tg1",
            "tg1 x3",
            "tg2",
            "tg2 x3",
            "pp3+tg1",
            "pp2+tg2",
            "pp2 @ d4",
            "tg1 @ d4",
            "tg1 x3 @ d4",
            "tg2 @ d4",
            "tg2 x3 @ d4",
            "pp3+tg1 @ d4",
            "pp2+tg2 @ d4"),
        tests(out));
  }

  @Test
  void everyNumberOfThreadsRunsEveryTest() {
    String out = bench("-p 2 -n 0 -t 1,2 -r 1");
    assertEquals(List.of("1", "2"), out.lines().skip(2).map(line -> cells(line).get(4)).toList());
  }

  @Test
  void allKernelsAreThoseThisMachineCanRun() {
    String out = bench("-p 2 -n 1 --kernels all -r 1");
    List<String> kernels = KernelBuild.allRunnable().stream().map(KernelBuild::name).toList();
    assertEquals(
        Stream.concat(kernels.stream(), kernels.stream()).toList(),
        out.lines().skip(2).map(line -> cells(line).get(3)).toList());
  }

  @Test
  void aKernelNamedTwiceRunsOnce() {
    assertEquals(List.of("pp8", "tg2"), tests(bench("--kernel scalar,scalar")));
  }

  @Test
  void progressIsToldOnStandardErrorAlone() {
    var result = run("-p 2 -n 0 -r 1 --progress --no-warmup");
    assertEquals(
        List.of("loading", "pp2: scalar: setting up", "pp2: scalar: run 1 of 1"),
        result.err().lines().toList());
    assertEquals(3, result.out().lines().count());
  }

  @Test
  void energyIsAColumnWhereItCanBeRead(@TempDir Path powercap) throws IOException {
    Path zone = Files.createDirectory(powercap.resolve("intel-rapl:0"));
    Files.writeString(zone.resolve("name"), "package-0\n");
    Files.writeString(zone.resolve("max_energy_range_uj"), "1000\n");
    Files.writeString(zone.resolve("energy_uj"), "5\n");
    List<String> lines = bench("--energy --powercap " + powercap).lines().toList();
    assertEquals("J/token", cells(lines.get(0)).getLast());
    assertEquals("0.0000", cells(lines.get(2)).getLast());
  }

  @Test
  void energyThatCannotBeReadIsSaidAndDoesNoHarm() {
    var result = run("--energy --powercap " + folder.resolve("missing"));
    assertEquals(4, assertDone(result).lines().count());
    assertContains(result.err(), "bitnet: energy is not measured: ");
    assertContains(result.err(), "missing: no such folder");
  }

  @ParameterizedTest
  @CsvSource({
    "-p, -1, '--n-prompt takes numbers from 0 to 1048576'",
    "-n, many, '--n-gen takes numbers from 0 to 1048576'",
    "-d, 1-, '--n-depth takes numbers'",
    "-pg, 512, '-pg takes the lengths of a prompt and of what is generated after it'",
    "-pg, '0,0', '-pg takes the lengths'",
    "--sequences, 0, '--sequences takes numbers from 1 to 1024'",
    "-b, 4097, '--batch-size takes numbers from 1 to 4096'",
    "-t, 1025, '--threads takes numbers from 0 to 1024'",
    "-r, 0, '--repetitions must be a number from 1'",
    "--delay, soon, '--delay must be a number from 0 to 3600'",
    "--limits, -1, '--limits must be a number from 0'",
    "-o, xml, 'expected one of md, csv, json, jsonl, sql'",
    "-oe, xml, 'expected one of md, csv, json, jsonl, sql'",
    "-ctk, q4, 'expected one of f16'",
    "--kernel, quantum, 'quantum'",
  })
  void aWrongOptionValueIsWrongUsage(String option, String value, String cause) {
    assertUsage(Cli.run("bench", "-m", model, option, value), cause);
  }

  @Test
  void keysAndValuesOfDifferentTypesAreWrongUsage() {
    assertUsage(
        Cli.run("bench", "-m", model, "-ctk", "f16", "-ctv", "f32"), "-ctk and -ctv must agree");
  }

  @Test
  void nothingToMeasureIsWrongUsage() {
    assertUsage(Cli.run("bench", "-m", model, "-p", 0, "-n", 0), "nothing to measure");
  }

  @Test
  void aMissingModelIsAFailureWithNothingOnStandardOutput() {
    var result = Cli.run("bench", "-m", "missing.gguf", "-o", "jsonl");
    assertFails(result, "missing.gguf: no such file");
    assertEquals("", result.out());
  }

  /**
   * One thread, the plainest build, two short tests twice, no limits; options can be overridden.
   */
  private static Cli run(String options) {
    var arguments = new ArrayList<Object>(List.of("bench", "-m", model));
    List<String> given = Arrays.asList(options.split(" "));
    var defaults = List.of("-p 8", "-n 2", "-r 2", "-t 1", "--kernels scalar", "--limits 0");
    for (String option : defaults) {
      String name = option.split(" ")[0];
      if (!given.contains(name) && !given.contains(name.replace("kernels", "kernel"))) {
        arguments.addAll(List.of(option.split(" ")));
      }
    }
    arguments.addAll(given);
    return Cli.run(arguments.toArray());
  }

  private static String bench(String options) {
    return assertDone(run(options));
  }

  private static List<String> tests(String table) {
    List<String> titles = cells(table.lines().findFirst().orElseThrow());
    return table.lines().skip(2).map(line -> cells(line).get(titles.indexOf("test"))).toList();
  }

  private static List<String> cells(String row) {
    return List.of(row.substring(1, row.length() - 1).strip().split("\\s*\\|\\s*"));
  }

  /** Comma-separated values as RFC 4180 has them: a quote inside quotes is doubled. */
  private static List<List<String>> parseCsv(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    var field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' && quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        field.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (quoted || c != ',' && c != '\n') {
        field.append(c);
      } else {
        row.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          rows.add(row);
          row = new ArrayList<>();
        }
      }
    }
    assertEquals("", field.toString(), "the last line ends");
    return rows;
  }
}
