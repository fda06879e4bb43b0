package io.github.bitnet4j.ffi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.testing.KernelLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelLoaderTest {
  @TempDir private static Path folder;

  @Test
  void theSampleIsListedUnderItsNameOnceLoaded() {
    KernelBuild sample = KernelBuild.load(KernelLibraries.sample());
    assertEquals("sample", sample.name());
    assertTrue(sample.runnable());
    assertTrue(KernelBuild.all().contains(sample));
    assertEquals(sample, KernelBuild.named("sample"));
  }

  @Test
  void aLibraryLoadedTwiceIsOneBuild() {
    KernelBuild first = KernelBuild.load(KernelLibraries.sample());
    int count = KernelBuild.all().size();
    assertEquals(first, KernelBuild.named(KernelLibraries.sample().toString()));
    assertEquals(count, KernelBuild.all().size());
  }

  @Test
  void aLoadedBuildIsNeverTheBestByItself() {
    KernelBuild best = KernelBuild.best();
    KernelBuild.load(KernelLibraries.sample());
    assertEquals(best, KernelBuild.best());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sample", "right", "16_bits"})
  void aLoadedBuildMultipliesAsTheScalarOneDoes(String library) {
    KernelBuild build =
        library.equals("sample")
            ? KernelBuild.load(KernelLibraries.sample())
            : KernelBuild.loadBitnetCpp(KernelLibraries.dot(library));
    int tokens = 3;
    int rows = 5;
    int columns = 4480;
    var random = new Random(4);
    var weights = new byte[rows * columns / 4 + 32];
    random.nextBytes(weights);
    weights[rows * columns / 4 + 3] = 0x3f;
    var x = new float[tokens * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    assertArrayEquals(
        multiply(KernelBuild.named("scalar"), rows, columns, weights, x),
        multiply(build, rows, columns, weights, x));
  }

  @Test
  void bitnetCppsKernelIsChosenByItsPrefix() {
    KernelBuild build = KernelBuild.named("bitnetcpp:" + KernelLibraries.dot("right"));
    assertTrue(build.name().startsWith("bitnetcpp"), build.name());
    assertTrue(build.description().contains("up to 32768 weights"), build.description());
  }

  @Test
  void aDotProductThatOverflows16BitsGetsFewWeightsAtATime() {
    KernelBuild build = KernelBuild.loadBitnetCpp(KernelLibraries.dot("16_bits"));
    assertTrue(build.description().contains("up to 1280 weights"), build.description());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          without_function | has no function bn_kernel_build
          null             | its bn_kernel_build returned no kernel table
          future_version   | and this bitnet4j takes
          other_size       | its kernel table has size
          future_cpu       | this CPU or operating system lacks
          bad_name         | its kernel build's name
          taken_name       | its kernel build's name
          no_functions     | its kernel table has no functions
          wrong_softmax    | its softmax differs from the scalar build's
          writes_beyond    | its add differs from the scalar build's
          """)
  void aLibraryWithAFaultyTableIsRefused(String variant, String cause) {
    Path library = KernelLibraries.table(variant);
    assertRefused(library, cause, library.toString());
  }

  @Test
  void wrongSumsAreToldWithWhatIsRight() {
    Path library = KernelLibraries.dot("wrong");
    assertRefused("bitnetcpp:" + library, "its ggml_vec_dot_i2_i8_s gives", library.toString());
    assertRefused("bitnetcpp:" + library, "for 256 weights where", library.toString());
  }

  @Test
  void aLibraryWithoutBitnetCppsKernelIsRefused() {
    Path library = KernelLibraries.dot("renamed");
    assertRefused(
        "bitnetcpp:" + library, "has no function ggml_vec_dot_i2_i8_s", library.toString());
  }

  @Test
  void aMissingFileAFolderAndATextAreRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("text.so"), "no library");
    Path missing = folder.resolve("missing.so");
    assertRefused(missing, "no such file", missing.toString());
    assertRefused(folder, "is no file", folder.toString());
    assertRefused(text, "cannot be loaded: ", text.toString());
    assertRefused("bitnetcpp:" + text, "cannot be loaded: ", text.toString());
    assertRefused("bitnetcpp:missing", "missing: no such file", "missing");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theSystemsReasonForNotLoadingIsPassedOn() throws IOException {
    Path text = Files.writeString(folder.resolve("another.so"), "no library");
    assertRefused(text, "cannot be loaded: file too short", text.toString());
  }

  @Test
  void aNameWithoutSeparatorOrEndingIsNoPath() {
    var failure = assertThrows(IllegalArgumentException.class, () -> KernelBuild.named("quantum"));
    assertTrue(failure.getMessage().startsWith("no kernel build is called 'quantum'"));
  }

  private static void assertRefused(Object choice, String cause, String file) {
    var before = KernelBuild.all();
    var failure =
        assertThrows(NativeLibraryException.class, () -> KernelBuild.named(choice.toString()));
    assertTrue(failure.getMessage().contains(cause), failure.getMessage());
    assertTrue(failure.getMessage().startsWith(file), failure.getMessage());
    assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
    assertEquals(before, KernelBuild.all());
  }

  private static float[] multiply(
      KernelBuild build, int rows, int columns, byte[] weights, float[] x) {
    var ops = new NativeOps(build);
    return ops.ternaryMatmul(weights, rows, columns, ops.quantize(x, x.length / columns, columns));
  }
}
