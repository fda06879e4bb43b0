package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.ffi.ForwardOp;
import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.reference.CrossCheckReport;
import io.github.bitnet4j.testing.RandomModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("crosscheck")
class CrosscheckCommandTest {
  private static Path model;

  @TempDir private static Path folder;

  @BeforeAll
  static void writeModel() throws IOException {
    model = RandomModel.builder().write(folder.resolve("model.gguf"));
  }

  @Test
  void everyRunnableBuildIsIdenticalInEveryStep() {
    String table = assertDone(Cli.run("crosscheck", "-m", model, "-t", "1,2"));
    List<String> lines = table.lines().toList();
    for (KernelBuild build : KernelBuild.allRunnable()) {
      assertContains(lines.getFirst(), build.name() + " -t 1");
      assertContains(lines.getFirst(), build.name() + " -t 2");
    }
    int columns = 2 * KernelBuild.allRunnable().size();
    for (ForwardOp op : ForwardOp.values()) {
      String row =
          lines.stream().filter(l -> l.startsWith(op.label() + " ")).findFirst().orElseThrow();
      assertEquals(columns, row.split("identical", -1).length - 1, row);
    }
    assertEquals("identical", lines.getLast());
  }

  @Test
  void kernelThreadsAndTokensCanBeChosen() {
    String table =
        assertDone(
            Cli.run("crosscheck", "-m", model, "--kernel", "scalar", "-t", 1, "--tokens", "5,6"));
    assertContains(table, "scalar -t 1\n");
    assertFalse(table.contains("-t 2"), table);
    assertContains(table.replaceAll(" +", " "), "logits 600 identical\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"f32", "q8_0"})
  void keysAndValuesStoredOtherwiseAreIdenticalToo(String type) {
    String table =
        assertDone(
            Cli.run("crosscheck", "-m", model, "--kernel", "scalar", "-t", 1, "--kv-type", type));
    assertTrue(table.endsWith("\nidentical\n"), table);
  }

  @ParameterizedTest
  @ValueSource(strings = {"q8_0", "q6_k"})
  void aRequantisedHeadIsIdenticalToo(String type) {
    String table = assertDone(Cli.run("crosscheck", "-m", model, "--head-type", type));
    assertTrue(table.endsWith("\nidentical\n"), table);
  }

  @Test
  void aDifferenceIsCountedAndTheFirstIsNamedByStepAndLayer() {
    var difference = new CrossCheckReport.Difference(ForwardOp.FFN_UP, 1, 0, 17, 1f, 2f);
    var ops =
        Arrays.stream(ForwardOp.values())
            .map(
                op ->
                    op == ForwardOp.FFN_UP
                        ? new CrossCheckReport.OpReport(op, 100, 3, Optional.of(difference))
                        : new CrossCheckReport.OpReport(op, 100, 0, Optional.empty()))
            .toList();
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var in = new ByteArrayInputStream(new byte[0]);
    var console = Console.of(in, out, err, descriptor -> false);
    int code =
        new CrosscheckCommand(console)
            .conclude(List.of(new CrossCheckReport("avx2", 2, 4, ops, Optional.of(difference))));
    console.out().flush();
    assertEquals(1, code);
    assertContains(
        out.toString(StandardCharsets.UTF_8).replaceAll(" +", " "), "\nffn_up 100 3 differ\n");
    assertContains(
        err.toString(StandardCharsets.UTF_8),
        "bitnet: avx2 -t 2: first difference: layer 1 ffn_up, token 0, element 17: native 2.0");
  }

  @Test
  void aTokenOutsideTheVocabularyIsAFailure() {
    assertFails(
        Cli.run("crosscheck", "-m", model, "-t", 1, "--kernel", "scalar", "--tokens", "300"),
        "has id 300; the vocabulary has 0 to 299");
  }

  @Test
  void aMissingModelIsAFailure() {
    assertFails(Cli.run("crosscheck", "-m", "missing.gguf"), "missing.gguf: no such file");
  }

  @Test
  void wrongOptionValuesAreWrongUsage() {
    assertUsage(Cli.run("crosscheck", "-m", model, "--kernel", "quantum"), "'quantum'");
    assertUsage(Cli.run("crosscheck", "-m", model, "-t", "-1"), "threads must be");
    assertUsage(Cli.run("crosscheck", "-m", model, "--tokens", "a,b"), "no token id");
    assertUsage(
        Cli.run("crosscheck", "-m", model, "--kv-type", "q4_0"), "expected one of f16, f32, q8_0");
  }
}
