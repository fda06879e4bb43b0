package io.github.bitnet4j.reference;

import io.github.bitnet4j.ffi.ForwardOp;
import io.github.bitnet4j.ffi.Tap;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.session.Session;
import io.github.bitnet4j.session.SessionOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds the native engine to the reference, step by step.
 *
 * <p>The same tokens go through both. Every step of the reference is given the native results of
 * the steps before it, so a step that is wrong shows as itself, and not again in all that follows
 * from it. If every step agrees, the whole pass agrees.
 *
 * <p>Two values agree when they have the same bits, or both are NaN. Native results are copied for
 * at most {@value Session#EVALUATE_TOKENS} tokens at a time, which bounds the memory: about 7 MB a
 * token for a model of the 2B-4T shape.
 */
public final class CrossCheck {

  /** Hears how far a check has come; the reference takes seconds a token on a large model. */
  @FunctionalInterface
  public interface Progress {
    /** Hears nothing. */
    Progress NONE = (token, tokens, layer, layers) -> {};

    /** Called when the reference has compared layer {@code layer} of token {@code token}. */
    void compared(int token, int tokens, int layer, int layers);
  }

  private final Hyperparameters h;
  private final Progress progress;
  private final int[] tokens;
  private final List<Tap> taps = new ArrayList<>();
  private final Map<ForwardOp, Tally> tallies = new EnumMap<>(ForwardOp.class);
  private final float[][] logits;
  private Optional<CrossCheckReport.Difference> firstDifference = Optional.empty();

  private static final class Tally {
    private long compared;
    private long differing;
    private Optional<CrossCheckReport.Difference> first = Optional.empty();
  }

  private CrossCheck(Hyperparameters h, int[] tokens, int step, Progress progress, Arena arena) {
    this.h = h;
    this.progress = progress;
    this.tokens = tokens;
    logits = new float[step][];
    for (ForwardOp op : ForwardOp.values()) {
      tallies.put(op, new Tally());
      for (int layer = 0; layer < (op.perLayer() ? h.layers() : 1); layer++) {
        // The logits come back from the session itself: those are what callers see.
        if (op != ForwardOp.LOGITS) {
          long floats = Math.multiplyExact((long) step, width(op, h));
          taps.add(new Tap(op.code(), layer, arena.allocate(ValueLayout.JAVA_FLOAT, floats)));
        }
      }
    }
  }

  /**
   * Checks a loaded model against the reference on the same file.
   *
   * @param tokens at least one; each takes the reference one forward pass
   * @param options context, batch and KV type of the native session
   * @throws IllegalArgumentException if there are no tokens, they do not fit in the context, or an
   *     id lies outside the vocabulary
   */
  public static CrossCheckReport run(
      Model model, int[] tokens, SessionOptions options, Progress progress) {
    return run(model, new ReferenceModel(model), tokens, options, progress);
  }

  /** Checks a loaded model against a reference of the same shape. */
  static CrossCheckReport run(
      Model model,
      ReferenceModel reference,
      int[] tokens,
      SessionOptions options,
      Progress progress) {
    if (tokens.length == 0) {
      throw new IllegalArgumentException("there must be at least one token to check");
    }
    try (Arena arena = Arena.ofShared();
        Session session = new Session(model, options)) {
      if (tokens.length > session.contextLength()) {
        throw new IllegalArgumentException(
            "%d tokens do not fit in the session's context of %d"
                .formatted(tokens.length, session.contextLength()));
      }
      int step = Math.min(tokens.length, Math.min(Session.EVALUATE_TOKENS, options.batchTokens()));
      var check = new CrossCheck(model.hyperparameters(), tokens, step, progress, arena);
      session.tap(check.taps);
      var follower = new ReferenceSession(reference, tokens.length, options.kvType());
      for (int from = 0; from < tokens.length; from += step) {
        int[] batch = Arrays.copyOfRange(tokens, from, Math.min(from + step, tokens.length));
        session.evaluate(batch, (i, row) -> check.logits[i] = row.toArray(ValueLayout.JAVA_FLOAT));
        for (int i = 0; i < batch.length; i++) {
          follower.decode(batch[i], check.observer(from, i));
        }
      }
      return check.report(model);
    }
  }

  /** Floats a step gives per token. */
  static int width(ForwardOp op, Hyperparameters h) {
    return switch (op) {
      case EMBEDDING,
          ATTN_NORM,
          ATTN_OUTPUT,
          ATTN_RESIDUAL,
          FFN_NORM,
          FFN_DOWN,
          FFN_RESIDUAL,
          OUTPUT_NORM ->
          h.embd();
      case Q, Q_ROPE, ATTENTION, ATTN_SUB_NORM -> h.qDim();
      case K, V, K_ROPE -> h.kvDim();
      case FFN_GATE, FFN_UP, FFN_ACTIVATION, FFN_SUB_NORM -> h.ff();
      case LOGITS -> h.vocab();
    };
  }

  /** Compares every step of token {@code from + row} with row {@code row} of the native batch. */
  private StepObserver observer(int from, int row) {
    return (op, layer, result) -> {
      float[] actual = op == ForwardOp.LOGITS ? logits[row] : tapped(op, layer, row);
      compare(op, layer, from + row, result, actual);
      if (op == ForwardOp.FFN_RESIDUAL) {
        progress.compared(from + row, tokens.length, layer, h.layers());
      }
      return actual;
    };
  }

  private float[] tapped(ForwardOp op, int layer, int row) {
    Tap tap =
        taps.stream()
            .filter(t -> t.op() == op.code() && t.layer() == layer)
            .findFirst()
            .orElseThrow();
    int width = width(op, h);
    float[] values = new float[width];
    long from = (long) row * width * Float.BYTES;
    MemorySegment.copy(tap.data(), ValueLayout.JAVA_FLOAT, from, values, 0, width);
    return values;
  }

  private void compare(ForwardOp op, int layer, int token, float[] reference, float[] actual) {
    Tally tally = tallies.get(op);
    tally.compared += reference.length;
    for (int i = 0; i < reference.length; i++) {
      // floatToIntBits, unlike floatToRawIntBits, has one NaN.
      if (Float.floatToIntBits(reference[i]) != Float.floatToIntBits(actual[i])) {
        tally.differing++;
        if (tally.first.isEmpty()) {
          tally.first =
              Optional.of(
                  new CrossCheckReport.Difference(op, layer, token, i, reference[i], actual[i]));
          firstDifference = firstDifference.or(() -> tally.first);
        }
      }
    }
  }

  private CrossCheckReport report(Model model) {
    List<CrossCheckReport.OpReport> ops =
        tallies.entrySet().stream()
            .map(
                e ->
                    new CrossCheckReport.OpReport(
                        e.getKey(),
                        e.getValue().compared,
                        e.getValue().differing,
                        e.getValue().first))
            .toList();
    return new CrossCheckReport(
        model.kernel().name(), model.threads(), tokens.length, ops, firstDifference);
  }
}
