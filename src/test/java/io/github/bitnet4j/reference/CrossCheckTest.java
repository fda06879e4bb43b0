package io.github.bitnet4j.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.ffi.ForwardOp;
import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.ffi.Tap;
import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.model.Activation;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.session.Session;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.testing.Logits;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CrossCheckTest {
  private static final int[] TOKENS = IntStream.range(0, 21).map(i -> i * 53 % 300).toArray();

  static Stream<Arguments> kernels() {
    return KernelBuild.allRunnable().stream()
        .flatMap(kernel -> Stream.of(KvType.values()).map(kv -> Arguments.of(kernel.name(), kv)));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void everyStepOfEveryKernelBuildIsIdentical(String kernel, KvType kv) throws IOException {
    var builder = RandomModel.builder().layers(3).fourthCode(true).head(GgmlType.BF16);
    var options = ModelOptions.DEFAULT.withKernel(kernel).withThreads(2);
    try (Model model = TestModels.load(builder, options)) {
      CrossCheckReport report =
          CrossCheck.run(
              model, TOKENS, SessionOptions.DEFAULT.withKvType(kv), CrossCheck.Progress.NONE);
      assertTrue(report.identical(), () -> report.firstDifference().toString());
      assertEquals(kernel, report.kernel());
      assertEquals(2, report.threads());
      assertEquals(TOKENS.length, report.tokens());
      assertEquals(List.of(ForwardOp.values()), ops(report));
      for (CrossCheckReport.OpReport op : report.ops()) {
        long layers = op.op().perLayer() ? 3 : 1;
        long width = CrossCheck.width(op.op(), model.hyperparameters());
        assertEquals(layers * width * TOKENS.length, op.compared(), op.op().label());
        assertEquals(0, op.differing());
        assertTrue(op.first().isEmpty());
      }
    }
  }

  @Test
  void theBatchOfTheNativeSessionMakesNoDifference() throws IOException {
    try (Model model = TestModels.load(RandomModel.builder())) {
      for (int batch : new int[] {1, 7, 128}) {
        var options = SessionOptions.DEFAULT.withBatchTokens(batch);
        var report = CrossCheck.run(model, TOKENS, options, CrossCheck.Progress.NONE);
        assertTrue(report.identical(), () -> batch + ": " + report.firstDifference());
      }
    }
  }

  @Test
  void anotherEpsilonShowsInTheNormsAndNowhereElse() throws IOException {
    try (Model model = TestModels.load(RandomModel.builder())) {
      Hyperparameters h = model.hyperparameters();
      CrossCheckReport report = check(model, with(h, 2e-5f, h.activation()));
      var norms =
          EnumSet.of(
              ForwardOp.ATTN_NORM,
              ForwardOp.ATTN_SUB_NORM,
              ForwardOp.FFN_NORM,
              ForwardOp.FFN_SUB_NORM,
              ForwardOp.OUTPUT_NORM);
      // A step may be so much larger than epsilon that the change is lost in rounding.
      assertTrue(norms.containsAll(differing(report)), () -> differing(report).toString());
      assertTrue(differing(report).contains(ForwardOp.ATTN_NORM));
      var first = report.firstDifference().orElseThrow();
      assertEquals(ForwardOp.ATTN_NORM, first.op());
      assertEquals(0, first.layer());
      assertEquals(0, first.token());
    }
  }

  @Test
  void anotherActivationShowsInTheGateAndNowhereElse() throws IOException {
    try (Model model = TestModels.load(RandomModel.builder())) {
      Hyperparameters h = model.hyperparameters();
      CrossCheckReport report = check(model, with(h, h.rmsEpsilon(), Activation.SILU));
      assertEquals(Set.of(ForwardOp.FFN_ACTIVATION), differing(report));
      var gate = report.ops().get(ForwardOp.FFN_ACTIVATION.ordinal());
      assertTrue(gate.differing() > gate.compared() / 2 && gate.differing() <= gate.compared());
      assertEquals(report.firstDifference(), gate.first());
    }
  }

  @Test
  void oneWrongLayerIsNamedWithTokenElementAndBothValues() throws IOException {
    byte[] bytes = RandomModel.builder().layers(4).toBytes();
    byte[] damaged = bytes.clone();
    var file = TestModels.file(bytes);
    var tensor = file.tensor("blk.2.attn_sub_norm.weight").orElseThrow();
    // The highest byte of element 17: another sign.
    damaged[(int) tensor.offset() + 17 * Float.BYTES + 3] ^= (byte) 0x80;
    try (Model model = Model.load(file, ModelOptions.DEFAULT.withThreads(1));
        Model other = Model.load(TestModels.file(damaged), ModelOptions.DEFAULT.withThreads(1))) {
      CrossCheckReport report = check(model, new ReferenceModel(other));
      assertEquals(Set.of(ForwardOp.ATTN_SUB_NORM), differing(report));
      assertEquals(TOKENS.length, report.ops().get(ForwardOp.ATTN_SUB_NORM.ordinal()).differing());
      var first = report.firstDifference().orElseThrow();
      assertEquals(2, first.layer());
      assertEquals(0, first.token());
      assertEquals(17, first.element());
      assertEquals(-first.actual(), first.reference());
      assertEquals(
          "layer 2 attn_sub_norm, token 0, element 17: native %s (0x%08x), reference %s (0x%08x)"
              .formatted(
                  first.actual(),
                  Float.floatToIntBits(first.actual()),
                  first.reference(),
                  Float.floatToIntBits(first.reference())),
          first.toString());
    }
  }

  @Test
  void aStepWithoutALayerIsNamedWithoutOne() {
    var difference = new CrossCheckReport.Difference(ForwardOp.LOGITS, 0, 3, 5, 1f, -0f);
    assertEquals(
        "logits, token 3, element 5: native -0.0 (0x80000000), reference 1.0 (0x3f800000)",
        difference.toString());
  }

  @Test
  void aModelOfNanIsIdenticalToItself() throws IOException {
    byte[] bytes = RandomModel.builder().normsType(GgmlType.F32).toBytes();
    var file = TestModels.file(bytes);
    var norm = file.tensor("blk.0.ffn_sub_norm.weight").orElseThrow();
    for (int i = 0; i < norm.byteSize(); i++) {
      bytes[(int) norm.offset() + i] = (byte) 0xff;
    }
    try (Model model = TestModels.load(RandomModel.builder());
        Model nan = Model.load(TestModels.file(bytes), ModelOptions.DEFAULT.withThreads(2))) {
      CrossCheckReport report =
          CrossCheck.run(nan, TOKENS, SessionOptions.DEFAULT, CrossCheck.Progress.NONE);
      assertTrue(report.identical(), () -> report.firstDifference().toString());
      assertFalse(check(model, new ReferenceModel(nan)).identical());
    }
  }

  @Test
  void progressGoesThroughEveryLayerOfEveryToken() throws IOException {
    List<String> seen = new ArrayList<>();
    try (Model model = TestModels.load(RandomModel.builder())) {
      CrossCheck.run(
          model,
          new int[] {1, 2},
          SessionOptions.DEFAULT,
          (token, tokens, layer, layers) ->
              seen.add("%d/%d %d/%d".formatted(token, tokens, layer, layers)));
    }
    assertEquals(List.of("0/2 0/2", "0/2 1/2", "1/2 0/2", "1/2 1/2"), seen);
  }

  @Test
  void noTokensAreRefusedRatherThanFoundIdentical() throws IOException {
    try (Model model = TestModels.load(RandomModel.builder())) {
      var e = assertThrows(IllegalArgumentException.class, () -> run(model));
      assertEquals("there must be at least one token to check", e.getMessage());
    }
  }

  @Test
  void tokensThatDoNotFitOrAreNotInTheVocabularyAreRefused() throws IOException {
    try (Model model = TestModels.load(RandomModel.builder().context(4))) {
      var tooMany = assertThrows(IllegalArgumentException.class, () -> run(model, 1, 2, 3, 4, 5));
      assertEquals("5 tokens do not fit in the session's context of 4", tooMany.getMessage());
      assertThrows(IllegalArgumentException.class, () -> run(model, 1, 300));
    }
  }

  @Test
  void tappedLogitsAreTheSessionsLogits() throws IOException {
    try (Model model = TestModels.load(RandomModel.builder());
        Arena arena = Arena.ofConfined();
        Session session = new Session(model, SessionOptions.DEFAULT)) {
      int vocab = model.hyperparameters().vocab();
      MemorySegment tapped = arena.allocate(ValueLayout.JAVA_FLOAT, 5L * vocab);
      session.tap(List.of(new Tap(ForwardOp.LOGITS.code(), 0, tapped)));
      float[][] rows = Logits.of(session, 1, 2, 3, 4, 5);
      for (int i = 0; i < rows.length; i++) {
        var row = tapped.asSlice((long) i * vocab * Float.BYTES, (long) vocab * Float.BYTES);
        assertArrayEquals(rows[i], Logits.copy(row));
      }
    }
  }

  private static CrossCheckReport run(Model model, int... tokens) {
    return CrossCheck.run(model, tokens, SessionOptions.DEFAULT, CrossCheck.Progress.NONE);
  }

  private static CrossCheckReport check(Model model, Hyperparameters h) {
    return check(model, new ReferenceModel(h, model.tensors()));
  }

  private static CrossCheckReport check(Model model, ReferenceModel reference) {
    return CrossCheck.run(
        model, reference, TOKENS, SessionOptions.DEFAULT, CrossCheck.Progress.NONE);
  }

  private static List<ForwardOp> ops(CrossCheckReport report) {
    return report.ops().stream().map(CrossCheckReport.OpReport::op).toList();
  }

  private static Set<ForwardOp> differing(CrossCheckReport report) {
    return report.ops().stream()
        .filter(op -> op.differing() > 0)
        .map(CrossCheckReport.OpReport::op)
        .collect(Collectors.toSet());
  }

  private static Hyperparameters with(Hyperparameters h, float epsilon, Activation activation) {
    return new Hyperparameters(
        h.architecture(),
        activation,
        h.layers(),
        h.embd(),
        h.ff(),
        h.heads(),
        h.kvHeads(),
        h.headDim(),
        h.vocab(),
        h.contextLength(),
        epsilon,
        h.ropeBase(),
        h.ropeScale());
  }
}
