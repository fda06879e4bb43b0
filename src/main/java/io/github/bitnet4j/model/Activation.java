package io.github.bitnet4j.model;

/** What the feed-forward network does with its gate. Codes are those of {@code bn_activation}. */
public enum Activation {
  /** {@code max(gate, 0)² · up}: BitNet b1.58 2B-4T. */
  RELU2(0),
  /** {@code gate · sigmoid(gate) · up}: the 1bitLLM reproductions. */
  SILU(1);

  private final int code;

  Activation(int code) {
    this.code = code;
  }

  /** The native engine's number for it. */
  public int code() {
    return code;
  }
}
