package io.github.bitnet4j.reference;

import io.github.bitnet4j.ffi.ForwardOp;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link CrossCheck} found.
 *
 * @param kernel name of the kernel build that was checked
 * @param threads threads it computed with
 * @param tokens tokens of the sequence
 * @param ops one entry per step of the forward pass, in the order of computation
 * @param firstDifference the first in the reference's order: token by token, step by step; empty
 *     when all is identical
 */
public record CrossCheckReport(
    String kernel,
    int threads,
    int tokens,
    List<OpReport> ops,
    Optional<Difference> firstDifference) {

  /** Whether native and reference gave the same bits everywhere. */
  public boolean identical() {
    return firstDifference.isEmpty();
  }

  /**
   * One step of the forward pass over all layers and tokens.
   *
   * @param compared values compared
   * @param differing values among them that are not the same bits
   * @param first the first of those
   */
  public record OpReport(ForwardOp op, long compared, long differing, Optional<Difference> first) {}

  /**
   * Two values that should be one.
   *
   * @param layer layer of the step; 0 for steps without one
   * @param token index in the tokens that were given
   * @param element index in the step's result
   * @param reference what the definition says, given the native inputs of this step
   * @param actual what the native engine gave
   */
  public record Difference(
      ForwardOp op, int layer, int token, int element, float reference, float actual) {

    /** One line, such as {@code layer 3 q_rope, token 0, element 17: native …, reference …}. */
    @Override
    public String toString() {
      String where = op.perLayer() ? "layer " + layer + " " + op.label() : op.label();
      return "%s, token %d, element %d: native %s, reference %s"
          .formatted(where, token, element, withBits(actual), withBits(reference));
    }

    private static String withBits(float value) {
      return "%s (0x%08x)".formatted(value, Float.floatToRawIntBits(value));
    }
  }
}
