package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.testing.RandomModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
    model = RandomModel.builder().write(folder.resolve("it's.gguf"));
  }

  @Test
  void theTableHasTheColumnsOfLlamaBench() {
    List<String> lines = bench("md").lines().toList();
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
  void csvHasAHeadingAndOneLineForEachTest() {
    List<String> lines = bench("csv").lines().toList();
    assertEquals(3, lines.size());
    assertContains(lines.get(0), "backends,model_filename,model_type,model_size,model_n_params,");
    assertEquals(lines.get(0).split(",").length, lines.get(1).split("\",\"").length, lines.get(1));
    assertTrue(lines.get(1).startsWith("\"scalar\",\"" + model + "\""), lines.get(1));
  }

  @Test
  void jsonIsOneArrayWithEverySample() {
    JsonNode json = new JsonMapper().readTree(bench("json"));
    assertEquals(2, json.size());
    assertEquals("scalar", json.at("/0/backends").asString());
    assertEquals(8, json.at("/0/n_prompt").asInt());
    assertEquals(2, json.at("/1/n_gen").asInt());
    assertEquals(2, json.at("/0/samples_ns").size());
    double first = json.at("/0/samples_ts/0").asDouble();
    assertEquals(8e9 / json.at("/0/samples_ns/0").asLong(), first, 1e-9 * first);
    double mean = (first + json.at("/0/samples_ts/1").asDouble()) / 2;
    assertEquals(mean, json.at("/0/avg_ts").asDouble(), 1e-6 * mean);
  }

  @Test
  void jsonlIsOneObjectALine() {
    List<String> lines = bench("jsonl").lines().toList();
    assertEquals(2, lines.size());
    for (String line : lines) {
      assertEquals(1, new JsonMapper().readTree(line).at("/n_threads").asInt());
    }
  }

  @Test
  void sqlMakesATableAndFillsIt() {
    String sql = bench("sql");
    assertTrue(sql.startsWith("CREATE TABLE IF NOT EXISTS llama_bench (\n"), sql);
    assertContains(sql, "  n_prompt INTEGER,\n");
    assertContains(sql, "  avg_ts REAL,\n");
    assertEquals(2, sql.split("INSERT INTO llama_bench \\(", -1).length - 1);
    assertContains(sql, "it''s.gguf'");
  }

  @Test
  void everyKernelRunsWithEveryNumberOfThreadsAndEveryLength() {
    String out =
        assertDone(
            Cli.run(
                "bench",
                "-m",
                model,
                "-p",
                "2,3",
                "-n",
                "1",
                "-r",
                1,
                "-t",
                "1,2",
                "--kernel",
                "scalar,scalar"));
    assertEquals(2 + 2 * 3, out.lines().count());
    assertContains(out, " pp2 ");
    assertContains(out, " pp3 ");
  }

  @Test
  void meanAndDeviationAreThoseOfASample() {
    assertEquals(5.0, BenchResult.mean(2, 4, 4, 4, 5, 5, 7, 9));
    assertEquals(Math.sqrt(32.0 / 7), BenchResult.deviation(2, 4, 4, 4, 5, 5, 7, 9), 1e-12);
    assertEquals(0.0, BenchResult.deviation(3));
  }

  @ParameterizedTest
  @CsvSource({
    "-p, -1, tests take 0 to",
    "-n, many, --n-gen",
    "-r, 0, --repetitions must be 1 or more",
    "-t, -1, threads must be",
    "-o, xml, 'expected one of md, csv, json, jsonl, sql'",
    "--kernel, quantum, 'quantum'",
  })
  void aWrongOptionValueIsWrongUsage(String option, String value, String cause) {
    assertUsage(Cli.run("bench", "-m", model, option, value), cause);
  }

  @Test
  void nothingToMeasureIsWrongUsage() {
    assertUsage(Cli.run("bench", "-m", model, "-p", 0, "-n", 0), "nothing to measure");
  }

  @Test
  void aMissingModelIsAFailureWithNothingOnStandardOutput() {
    var result = Cli.run("bench", "-m", "missing.gguf", "-o", "json");
    assertFails(result, "missing.gguf: no such file");
    assertEquals("", result.out());
  }

  private static String bench(String format) {
    return assertDone(
        Cli.run(
            "bench",
            "-m",
            model,
            "-p",
            8,
            "-n",
            2,
            "-r",
            2,
            "-t",
            1,
            "--kernel",
            "scalar",
            "-o",
            format));
  }

  private static List<String> cells(String row) {
    return List.of(row.substring(1, row.length() - 1).strip().split("\\s*\\|\\s*"));
  }
}
