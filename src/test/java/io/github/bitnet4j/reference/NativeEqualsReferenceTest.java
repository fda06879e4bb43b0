package io.github.bitnet4j.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.model.WeightLayout;
import io.github.bitnet4j.model.WeightMemory;
import io.github.bitnet4j.session.Session;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.testing.I2sLayout;
import io.github.bitnet4j.testing.Logits;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Logits are the reference's, bit for bit: for every kernel build this machine runs, any number of
 * threads, any split of the prompt, both KV types, and models of many shapes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NativeEqualsReferenceTest {
  /** More than one KV page and more than one batch of evaluated tokens. */
  private static final int[] TOKENS = IntStream.range(0, 39).map(i -> i * 71 % 259).toArray();

  private static final int CONTEXT = 64;

  /** A model and how its file packs the codes. */
  record Shape(String name, RandomModel.Builder builder, WeightLayout layout) {
    Shape(String name, RandomModel.Builder builder) {
      this(name, builder, WeightLayout.BLOCK_128);
    }

    Model load(String kernel, int threads) throws IOException {
      return load(kernel, threads, WeightMemory.MAPPED);
    }

    Model load(String kernel, int threads, WeightMemory weights) throws IOException {
      var options = ModelOptions.DEFAULT.withKernel(kernel).withThreads(threads).withLayout(layout);
      return TestModels.load(builder, options.withWeights(weights));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Shape> shapes() {
    return List.of(
        new Shape("two query heads to a key head of 64", model()),
        new Shape("one to one, heads of 128", model().heads(2).kvHeads(2)),
        new Shape("four to one, heads of 32", model().heads(8).kvHeads(2)),
        new Shape("eight to one, heads of 16", model().heads(16).kvHeads(2)),
        new Shape("three blocks wide", model().embd(384).heads(6).kvHeads(3).ffn(896)),
        new Shape("one block wide", model().embd(128).heads(2).kvHeads(1).ffn(128).layers(3)),
        new Shape("separate F32 head", model().head(GgmlType.F32)),
        new Shape("separate BF16 head, F32 embedding", head(GgmlType.BF16, GgmlType.F32)),
        new Shape("separate F16 head, BF16 embedding", head(GgmlType.F16, GgmlType.BF16)),
        new Shape("tied F32 embedding, F16 norms", tied(GgmlType.F32, GgmlType.F16)),
        new Shape("tied BF16 embedding, BF16 norms", tied(GgmlType.BF16, GgmlType.BF16)),
        new Shape("tied Q8_0 embedding", tied(GgmlType.Q8_0, GgmlType.F32).embd(384).heads(6)),
        new Shape("tied Q6_K embedding", tied(GgmlType.Q6_K, GgmlType.F32)),
        new Shape("separate Q4_0 head, Q6_K embedding", head(GgmlType.Q4_0, GgmlType.Q6_K)),
        new Shape("bitnet-25", model().architecture("bitnet-25")),
        new Shape("SiLU", model().architecture("bitnet")),
        new Shape("RoPE scaled and divided", model().ropeScale(4).ropeFreqs(true)),
        new Shape("vocabulary of 261", model().vocab(261)),
        new Shape("all four codes", model().fourthCode(true)),
        new Shape("64-weight blocks", model().layout(I2sLayout.L2), WeightLayout.BLOCK_64),
        new Shape("four rows to a byte", model().layout(I2sLayout.L3), WeightLayout.ROW_4));
  }

  private static RandomModel.Builder model() {
    return RandomModel.builder().ffn(384).context(CONTEXT).seed(5);
  }

  private static RandomModel.Builder head(GgmlType head, GgmlType embedding) {
    return model().head(head).embdType(embedding);
  }

  private static RandomModel.Builder tied(GgmlType embedding, GgmlType norms) {
    return model().embdType(embedding).normsType(norms);
  }

  record Case(Shape shape, KvType kv, String kernel, int threads) {}

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Shape shape : shapes()) {
      for (KvType kv : KvType.values()) {
        for (KernelBuild kernel : KernelBuild.allRunnable()) {
          for (int threads = 1; threads <= 3; threads++) {
            cases.add(new Case(shape, kv, kernel.name(), threads));
          }
        }
      }
    }
    return cases;
  }

  private record Expected(String shape, KvType kv) {}

  private final Map<Expected, float[][]> references = new HashMap<>();

  private float[][] reference(Model model, Case c) {
    return references.computeIfAbsent(
        new Expected(c.shape().name(), c.kv()),
        key -> {
          var session = new ReferenceSession(new ReferenceModel(model), TOKENS.length, key.kv());
          return Arrays.stream(TOKENS).mapToObj(session::decode).toArray(float[][]::new);
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void logitsEqualTheReferenceHoweverThePromptIsSplit(Case c) throws IOException {
    try (Model model = c.shape().load(c.kernel(), c.threads())) {
      assertEquals(c.kernel(), model.kernel().name());
      assertEquals(c.threads(), model.threads());
      float[][] expected = reference(model, c);

      assertRows(expected, evaluated(model, c.kv(), TOKENS.length), "evaluated in one go");
      assertRows(expected, evaluated(model, c.kv(), 7), "evaluated in chunks of 7");
      assertRows(expected, evaluated(model, c.kv(), 1), "evaluated token by token");
      assertPrefilled(expected, model, c.kv(), TOKENS.length);
      assertPrefilled(expected, model, c.kv(), 7);
    }
  }

  static List<Case> casesToPack() {
    return cases().stream()
        .filter(c -> c.kv() == KvType.F16 && !c.shape().name().equals("all four codes"))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("casesToPack")
  void logitsOfPackedWeightsEqualTheReference(Case c) throws IOException {
    try (Model model = c.shape().load(c.kernel(), c.threads(), WeightMemory.PACKED)) {
      assertEquals(WeightMemory.PACKED, model.weights());
      float[][] expected = reference(model, c);
      assertRows(expected, evaluated(model, c.kv(), 1), "evaluated token by token");
      assertPrefilled(expected, model, c.kv(), 7);
    }
  }

  /** All rows, from calls of so many tokens each. */
  private static float[][] evaluated(Model model, KvType kv, int chunk) {
    float[][] rows = new float[TOKENS.length][];
    try (Session session = open(model, kv, TOKENS.length)) {
      for (int from = 0; from < TOKENS.length; from += chunk) {
        int[] tokens = Arrays.copyOfRange(TOKENS, from, Math.min(from + chunk, TOKENS.length));
        System.arraycopy(Logits.of(session, tokens), 0, rows, from, tokens.length);
      }
    }
    return rows;
  }

  /** Prefills all but the last token in batches, and decodes that. */
  private static void assertPrefilled(float[][] expected, Model model, KvType kv, int batch) {
    int last = TOKENS.length - 1;
    try (Session session = open(model, kv, batch)) {
      assertArrayEquals(
          expected[last - 1],
          Logits.copy(session.prefill(Arrays.copyOf(TOKENS, last))),
          "prefilled in batches of " + batch);
      assertArrayEquals(
          expected[last],
          Logits.copy(session.decode(TOKENS[last])),
          "decoded after batches of " + batch);
    }
  }

  private static Session open(Model model, KvType kv, int batch) {
    return new Session(model, SessionOptions.DEFAULT.withKvType(kv).withBatchTokens(batch));
  }

  private static void assertRows(float[][] expected, float[][] actual, String how) {
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], actual[i], how + ", token " + i);
    }
  }
}
