package io.github.bitnet4j.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.ffi.ForwardOp;
import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.model.TensorTable;
import io.github.bitnet4j.model.WeightLayout;
import io.github.bitnet4j.testing.I2sLayout;
import io.github.bitnet4j.testing.RandomModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceSessionTest {
  /**
   * Relative to the largest logit. Single precision rounds with 6e-8; the longest path through
   * these models has some twenty roundings that do not average out (norms, scales, products,
   * residuals) and two reductions of up to 40 additions a lane, 6e-8 · (20 + 2 · 40) = 6e-6 if all
   * err the same way.
   */
  private static final double TOLERANCE = 6e-6;

  private static final int[] TOKENS = {297, 3, 141, 59, 26, 3, 3, 250};

  static Stream<Arguments> models() {
    return Stream.of(
        Arguments.of("default", RandomModel.builder()),
        Arguments.of("SiLU", RandomModel.builder().architecture("bitnet").seed(2)),
        Arguments.of("four heads to one", RandomModel.builder().heads(8).kvHeads(2)),
        Arguments.of("separate head", RandomModel.builder().head(GgmlType.BF16)),
        Arguments.of("F32 embedding", RandomModel.builder().embdType(GgmlType.F32)),
        Arguments.of("BF16 norms", RandomModel.builder().normsType(GgmlType.BF16)),
        Arguments.of("all four codes", RandomModel.builder().fourthCode(true)),
        Arguments.of("RoPE scaled", RandomModel.builder().ropeScale(4).ropeFreqs(true)),
        Arguments.of("large epsilon", RandomModel.builder().epsilon(0.25f)),
        Arguments.of("four layers", RandomModel.builder().layers(4).ropeBase(500_000)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void theForwardPassAgreesWithATextbookTransformerInDoublePrecision(
      String name, RandomModel.Builder builder) throws IOException {
    GgufFile file = open(builder);
    var session = new ReferenceSession(reference(file, WeightLayout.BLOCK_128), 32, KvType.F32);
    var textbook = new DoubleTransformer(file);
    int activations = 0;
    for (int token : TOKENS) {
      Map<String, float[]> steps = new HashMap<>();
      float[] logits =
          session.decode(
              token,
              (op, layer, result) -> {
                steps.put(DoubleTransformer.key(op, layer), result);
                return result;
              });
      double[] expected = textbook.decode(token, steps);
      double largest = 0;
      double error = 0;
      for (int i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        error = Math.max(error, Math.abs(expected[i] - logits[i]));
      }
      assertEquals(expected.length, logits.length);
      assertTrue(
          error <= TOLERANCE * largest, "error %g of logits up to %g".formatted(error, largest));
      activations += steps.values().stream().mapToInt(v -> v.length).sum();
    }
    // The margin at ties is a help, not a loophole.
    assertTrue(
        textbook.closeTies() < activations / 100,
        textbook.closeTies() + " close ties in " + activations);
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void theLayoutOfTheCodesMakesNoDifference(I2sLayout written, WeightLayout read)
      throws IOException {
    GgufFile published = open(RandomModel.builder().fourthCode(true));
    GgufFile other = open(RandomModel.builder().fourthCode(true).layout(written));
    var expected =
        new ReferenceSession(reference(published, WeightLayout.BLOCK_128), 4, KvType.F16);
    var actual = new ReferenceSession(reference(other, read), 4, KvType.F16);
    for (int token : new int[] {7, 200}) {
      assertArrayEquals(expected.decode(token), actual.decode(token));
    }
  }

  static Stream<Arguments> layouts() {
    return Stream.of(
        Arguments.of(I2sLayout.L2, WeightLayout.BLOCK_64),
        Arguments.of(I2sLayout.L3, WeightLayout.ROW_4));
  }

  @Test
  void stepsComeInTheOrderOfTheNativeHeader() throws IOException {
    List<String> seen = new ArrayList<>();
    session(RandomModel.builder(), 4)
        .decode(
            1,
            (op, layer, result) -> {
              seen.add(DoubleTransformer.key(op, layer));
              return result;
            });
    List<String> expected = new ArrayList<>();
    expected.add("EMBEDDING 0");
    for (int layer = 0; layer < 2; layer++) {
      for (ForwardOp op : ForwardOp.values()) {
        if (op.perLayer()) {
          expected.add(DoubleTransformer.key(op, layer));
        }
      }
    }
    expected.add("OUTPUT_NORM 0");
    expected.add("LOGITS 0");
    assertEquals(expected, seen);
  }

  @Test
  void theObserversValueGoesOnInPlaceOfTheResult() throws IOException {
    float[] embedding =
        reference(open(RandomModel.builder()), WeightLayout.BLOCK_128).embedding().row(5);
    float[] expected = session(RandomModel.builder(), 4).decode(5);
    float[] actual =
        session(RandomModel.builder(), 4)
            .decode(9, (op, layer, r) -> op == ForwardOp.EMBEDDING ? embedding : r);
    assertArrayEquals(expected, actual);
  }

  @Test
  void aTokenOutsideTheVocabularyIsRefused() throws IOException {
    ReferenceSession session = session(RandomModel.builder(), 4);
    var e = assertThrows(IllegalArgumentException.class, () -> session.decode(300));
    assertEquals("token 300 is outside the vocabulary of 300", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> session.decode(-1));
    assertEquals(0, session.position());
  }

  @Test
  void aFullContextTakesNoMoreTokens() throws IOException {
    ReferenceSession session = session(RandomModel.builder(), 2);
    session.decode(1);
    session.decode(2);
    var e = assertThrows(IllegalStateException.class, () -> session.decode(3));
    assertEquals("the context of 2 tokens is full", e.getMessage());
    assertEquals(2, session.position());
  }

  private static ReferenceSession session(RandomModel.Builder builder, int contextLength)
      throws IOException {
    return new ReferenceSession(
        reference(open(builder), WeightLayout.BLOCK_128), contextLength, KvType.F32);
  }

  private static GgufFile open(RandomModel.Builder builder) throws IOException {
    return GgufFile.of(MemorySegment.ofArray(builder.toBytes()), "random.gguf");
  }

  private static ReferenceModel reference(GgufFile file, WeightLayout layout) throws IOException {
    Hyperparameters h = Hyperparameters.read(file, Optional.empty());
    return new ReferenceModel(h, TensorTable.match(file, h, layout));
  }
}
