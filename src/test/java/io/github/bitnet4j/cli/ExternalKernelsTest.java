package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.LoadOptions;
import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.testing.KernelLibraries;
import io.github.bitnet4j.testing.RandomModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("kernels from other libraries")
class ExternalKernelsTest {
  private static final Path SAMPLE = KernelLibraries.sample();
  private static final String BITNET_CPP = "bitnetcpp:" + KernelLibraries.dot("16_bits");

  private static Path model;

  @TempDir private static Path folder;

  @BeforeAll
  static void writeModel() throws IOException {
    model = RandomModel.builder().write(folder.resolve("model.gguf"));
  }

  @Test
  void kernelsListsALibrarysBuildAndUsesIt() {
    String shown = assertDone(Cli.run("kernels", "--kernel", SAMPLE));
    assertTrue(shown.lines().anyMatch(line -> line.matches("sample +runs here +sample .*")), shown);
    assertContains(shown, "used: sample (named by --kernel)\n");
  }

  @Test
  void kernelsListsBitnetCppsKernelUnderAName() {
    String shown = assertDone(Cli.run("kernels", "--kernel", BITNET_CPP));
    assertTrue(shown.lines().anyMatch(l -> l.matches("bitnetcpp\\d* +runs here +bitnet.cpp.*")));
  }

  @Test
  void aPropertyMayNameALibrary() {
    String before = System.getProperty(KernelBuild.PROPERTY);
    try {
      System.setProperty(KernelBuild.PROPERTY, SAMPLE.toString());
      assertContains(
          assertDone(Cli.run("kernels")),
          "used: sample (named by the system property bitnet4j.kernel)\n");
    } finally {
      if (before == null) {
        System.clearProperty(KernelBuild.PROPERTY);
      } else {
        System.setProperty(KernelBuild.PROPERTY, before);
      }
    }
  }

  @Test
  void crosscheckFindsBothIdenticalToTheReference() {
    String table =
        assertDone(
            Cli.run("crosscheck", "-m", model, "-t", 2, "--kernel", SAMPLE + "," + BITNET_CPP));
    assertContains(table.lines().findFirst().orElseThrow(), "sample -t 2");
    assertContains(table.lines().findFirst().orElseThrow(), "bitnetcpp");
    assertTrue(table.endsWith("\nidentical\n"), table);
  }

  @Test
  void benchMeasuresThem() {
    String table =
        assertDone(
            Cli.run(
                "bench",
                "-m",
                model,
                "-t",
                1,
                "-p",
                4,
                "-n",
                0,
                "-r",
                1,
                "--kernel",
                "scalar," + SAMPLE + "," + BITNET_CPP));
    assertContains(table, "| scalar ");
    assertContains(table, "| sample ");
    assertContains(table, "| bitnetcpp");
  }

  @Test
  void runGivesTheSameTextWithThem() {
    String expected = generated("scalar");
    assertEquals(expected, generated(SAMPLE));
    assertEquals(expected, generated(BITNET_CPP));
  }

  @Test
  void aModelTakesABuildByPathOrAsAnObject() {
    var options = LoadOptions.DEFAULT;
    try (var byPath = BitNetModel.demo(options.withKernel(SAMPLE.toString()));
        var byBuild = BitNetModel.demo(options.withKernel(KernelBuild.load(SAMPLE)))) {
      assertEquals("sample", byPath.model().kernel().name());
      assertEquals(byPath.model().kernel(), byBuild.model().kernel());
    }
  }

  @Test
  void aLibraryThatCannotBeUsedIsAFailureInOneLine() {
    Path wrong = KernelLibraries.table("wrong_softmax");
    Path missing = folder.resolve("missing.so");
    for (String command : new String[] {"bench", "crosscheck"}) {
      assertFails(
          Cli.run(command, "-m", model, "--kernel", wrong), wrong + ": its softmax differs");
      assertFails(Cli.run(command, "-m", model, "--kernel", missing), missing + ": no such file");
    }
    assertFails(Cli.run("kernels", "--kernel", wrong), wrong + ": its softmax differs");
    assertFails(Cli.run("run", "-m", model, "--kernel", missing, "hi"), missing + ": no such file");
    assertFails(
        Cli.run("kernels", "--kernel", "bitnetcpp:" + wrong),
        wrong + " has no function ggml_vec_dot_i2_i8_s");
  }

  private static String generated(Object kernel) {
    return assertDone(
        Cli.run("run", "-m", model, "--kernel", kernel, "--temp", 0, "-n", 8, "hello there"));
  }
}
