package io.github.bitnet4j.reference;

import io.github.bitnet4j.ffi.ForwardOp;

/** Sees the result of every step of a forward pass, and may put another in its place. */
@FunctionalInterface
public interface StepObserver {
  /** Lets every result pass. */
  StepObserver NONE = (op, layer, result) -> result;

  /**
   * Called after every step, in the order of computation.
   *
   * @param op the step
   * @param layer its layer; 0 for steps without one
   * @param result what it gave for this token, of the step's width
   * @return what the forward pass goes on with: {@code result}, or another engine's
   */
  float[] computed(ForwardOp op, int layer, float[] result);
}
