package io.github.bitnet4j.ffi;

import static io.github.bitnet4j.bindings.BitNetNative.*;

import java.util.Locale;

/**
 * The steps of a forward pass that can be tapped, in the order they are computed; {@code enum
 * bn_op} of the native header. Queries and keys have a step of their own after RoPE.
 */
public enum ForwardOp {
  EMBEDDING(BN_OP_EMBEDDING(), false),
  ATTN_NORM(BN_OP_ATTN_NORM(), true),
  Q(BN_OP_Q(), true),
  K(BN_OP_K(), true),
  V(BN_OP_V(), true),
  Q_ROPE(BN_OP_Q_ROPE(), true),
  K_ROPE(BN_OP_K_ROPE(), true),
  ATTENTION(BN_OP_ATTENTION(), true),
  ATTN_SUB_NORM(BN_OP_ATTN_SUB_NORM(), true),
  ATTN_OUTPUT(BN_OP_ATTN_OUTPUT(), true),
  ATTN_RESIDUAL(BN_OP_ATTN_RESIDUAL(), true),
  FFN_NORM(BN_OP_FFN_NORM(), true),
  FFN_GATE(BN_OP_FFN_GATE(), true),
  FFN_UP(BN_OP_FFN_UP(), true),
  FFN_ACTIVATION(BN_OP_FFN_ACTIVATION(), true),
  FFN_SUB_NORM(BN_OP_FFN_SUB_NORM(), true),
  FFN_DOWN(BN_OP_FFN_DOWN(), true),
  FFN_RESIDUAL(BN_OP_FFN_RESIDUAL(), true),
  /** Only tokens that want logits. */
  OUTPUT_NORM(BN_OP_OUTPUT_NORM(), false),
  /** Only tokens that want logits. */
  LOGITS(BN_OP_LOGITS(), false);

  private final int code;
  private final boolean perLayer;

  ForwardOp(int code, boolean perLayer) {
    this.code = code;
    this.perLayer = perLayer;
  }

  /** The native engine's number for it. */
  public int code() {
    return code;
  }

  /** Whether every layer has one. */
  public boolean perLayer() {
    return perLayer;
  }

  /** Its name in reports, such as {@code attn_norm}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
