package io.github.bitnet4j.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.LoadOptions;
import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.ffi.NativeException;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.generate.TextSession;
import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.model.HeadType;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.model.WeightMemory;
import io.github.bitnet4j.session.Session;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.testing.Logits;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Models whose head is requantised when they are loaded. */
class RequantizedHeadTest {
  private static final int[] TOKENS = IntStream.range(0, 19).map(i -> i * 71 % 259).toArray();

  @TempDir private Path folder;

  /** A head of a file, and what it is requantised to. */
  record Case(String head, RandomModel.Builder builder, HeadType type, String kernel) {
    @Override
    public String toString() {
      return "%s to %s, %s".formatted(head, type, kernel);
    }
  }

  static List<Case> cases() {
    var cases = new ArrayList<Case>();
    for (KernelBuild kernel : KernelBuild.allRunnable()) {
      for (HeadType type : HeadType.values()) {
        cases.add(new Case("tied F16", model(), type, kernel.name()));
        cases.add(new Case("F32", model().head(GgmlType.F32), type, kernel.name()));
        cases.add(new Case("BF16", model().head(GgmlType.BF16), type, kernel.name()));
      }
      var q80 = model().head(GgmlType.Q8_0);
      cases.add(new Case("Q8_0", q80, HeadType.Q6_K, kernel.name()));
    }
    return cases;
  }

  private static RandomModel.Builder model() {
    return RandomModel.builder().ffn(384).context(64).seed(5);
  }

  private static ModelOptions options(HeadType type) {
    return ModelOptions.DEFAULT.withThreads(2).withHeadType(type);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void everyStepIsTheReferencesToTheBit(Case c) throws IOException {
    try (Model model = TestModels.load(c.builder(), options(c.type()).withKernel(c.kernel()))) {
      assertEquals(c.kernel(), model.kernel().name());
      var report = CrossCheck.run(model, TOKENS, SessionOptions.DEFAULT, CrossCheck.Progress.NONE);
      assertTrue(report.identical(), () -> report.firstDifference().toString());
    }
  }

  @ParameterizedTest
  @EnumSource
  void logitsAreThoseOfTheRoundedHeadAndNotOfTheFiles(HeadType type) throws IOException {
    try (Model full = TestModels.load(model());
        Model rounded = TestModels.load(model(), options(type));
        Session one = new Session(full, SessionOptions.DEFAULT);
        Session other = new Session(rounded, SessionOptions.DEFAULT)) {
      float[] expected = Logits.copy(one.prefill(TOKENS));
      float[] actual = Logits.copy(other.prefill(TOKENS));
      double off = distance(expected, actual) / distance(expected, new float[expected.length]);
      assertTrue(off > 0 && off < 0.05, "logits are off by " + off);
    }
  }

  @Test
  void theEmbeddingOfATiedHeadStaysTheFiles() throws IOException {
    try (Model model = TestModels.load(model(), options(HeadType.Q6_K))) {
      var reference = new ReferenceModel(model);
      assertEquals(GgmlType.F16, reference.embedding().type());
      assertEquals(GgmlType.Q6_K, reference.head().type());
    }
  }

  @Test
  void everyWeightOfQ80IsWithinHalfAStep() {
    for (float size : new float[] {1e-3f, 0.03f, 1, 1000}) {
      float[] x = weights(size);
      FloatMatrix rounded = RequantizedHead.of(matrix(x), GgmlType.Q8_0);
      float[] w = rounded.row(0);
      for (int i = 0; i < x.length; i++) {
        float largest = 0;
        for (int j = i / 32 * 32; j < i / 32 * 32 + 32; j++) {
          largest = Math.max(largest, Math.abs(x[j]));
        }
        // A step is rounded to F16, whose subnormals are 2^-24 apart.
        double step = largest / 127 * (1 + 0x1p-11) + 0x1p-25;
        assertEquals(x[i], w[i], step * 0.50001 + 127 * 0x1p-25, "weight " + i);
      }
    }
  }

  @Test
  void q6KIsWithinTwoPercentAsARootMeanSquare() {
    for (float size : new float[] {0.03f, 1, 1000}) {
      float[] x = weights(size);
      double off = distance(x, RequantizedHead.of(matrix(x), GgmlType.Q6_K).row(0));
      assertTrue(off < 0.02 * distance(x, new float[x.length]), size + ": " + off);
    }
  }

  @Test
  void zerosStayZeros() {
    for (GgmlType type : List.of(GgmlType.Q8_0, GgmlType.Q6_K)) {
      assertArrayEquals(
          new float[512], RequantizedHead.of(matrix(new float[512]), type).row(0), type.name());
    }
  }

  @Test
  void typeAndSizeOfTheHeadAreTold() throws IOException {
    try (Model full = TestModels.load(model());
        Model q80 = TestModels.load(model(), options(HeadType.Q8_0));
        Model q6k = TestModels.load(model(), options(HeadType.Q6_K))) {
      assertEquals(GgmlType.F16, full.headType());
      assertEquals(300 * 256 * 2, full.headBytes());
      assertFalse(full.headRequantized());
      assertEquals(GgmlType.Q8_0, q80.headType());
      assertEquals(300 * 256 / 32 * 34, q80.headBytes());
      assertTrue(q80.headRequantized());
      assertEquals(GgmlType.Q6_K, q6k.headType());
      assertEquals(300 * 210, q6k.headBytes());
    }
  }

  @ParameterizedTest
  @EnumSource(WeightMemory.class)
  void aMappedFileIsReadOnForWhatItIsStillNeededFor(WeightMemory memory) throws IOException {
    for (var builder : List.of(model(), model().head(GgmlType.F32))) {
      Path file = builder.write(folder.resolve("model.gguf"));
      var options = options(HeadType.Q8_0);
      try (Model expected = TestModels.load(builder, options);
          Model model = Model.load(GgufFile.open(file), options.withWeights(memory));
          Session one = new Session(expected, SessionOptions.DEFAULT);
          Session other = new Session(model, SessionOptions.DEFAULT)) {
        assertArrayEquals(Logits.of(one, TOKENS), Logits.of(other, TOKENS));
      }
    }
  }

  @Test
  void textIsGeneratedAndAScreenedHeadDoesNotChangeIt() {
    var options = LoadOptions.DEFAULT.withThreads(2).withHeadType(HeadType.Q8_0);
    var greedy = GenerateOptions.greedy().withMaxTokens(40);
    try (BitNetModel full = BitNetModel.demo(options);
        BitNetModel screened = BitNetModel.demo(options.withScreenedHead(true));
        TextSession one = full.newSession();
        TextSession other = screened.newSession()) {
      var expected = one.generate("Once upon a time", greedy).stream().toList();
      assertTrue(expected.size() > 10, expected.toString());
      assertEquals(expected, other.generate("Once upon a time", greedy).stream().toList());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "384 | F16  | Q6_K | rows of 384 weights are no whole blocks of 256; Q8_0 would do",
        "384 | Q8_0 | Q6_K | no whole blocks of 256; leave it as it is",
        "384 | Q8_0 | Q8_0 | it is Q8_0 already, which takes no more",
        "256 | Q6_K | Q8_0 | it is Q6_K already, which takes no more",
        "256 | Q6_K | Q6_K | it is Q6_K already, which takes no more",
        "256 | Q4_0 | Q6_K | it is Q4_0 already, which takes no more",
      })
  void aHeadThatCannotBeRequantisedIsRefused(int embd, GgmlType head, HeadType to, String why)
      throws IOException {
    GgufFile file =
        TestModels.file(RandomModel.builder().embd(embd).heads(embd / 64).head(head).toBytes());
    var refused = assertThrows(IllegalArgumentException.class, () -> Model.load(file, options(to)));
    String start = "random.gguf: the head 'output.weight' cannot be requantised to " + to + ": ";
    assertTrue(refused.getMessage().startsWith(start), refused.getMessage());
    assertTrue(refused.getMessage().endsWith(why), refused.getMessage());
    try (Model model = Model.load(file, ModelOptions.DEFAULT)) {
      assertEquals(head, model.headType());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHeadWithInfiniteWeightsIsRefused(HeadType type) throws IOException {
    byte[] bytes = model().head(GgmlType.F32).toBytes();
    GgufFile plain = TestModels.file(bytes);
    long at = plain.tensor("output.weight").orElseThrow().offset() + 40;
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(Math.toIntExact(at), Float.POSITIVE_INFINITY);
    GgufFile file = TestModels.file(bytes);
    var refused = assertThrows(NativeException.class, () -> Model.load(file, options(type)));
    assertEquals(
        "requantising the head: a tensor has weights that are infinite, NaN or not what a type can"
            + " hold (TENSOR_VALUE)",
        refused.getMessage());
  }

  private static float[] weights(float size) {
    var random = new SplittableRandom(3);
    float[] weights = new float[2048];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian() * size;
    }
    return weights;
  }

  private static FloatMatrix matrix(float[] values) {
    var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new FloatMatrix(MemorySegment.ofBuffer(bytes), GgmlType.F32, 1, values.length);
  }

  private static double distance(float[] a, float[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return Math.sqrt(squares);
  }
}
