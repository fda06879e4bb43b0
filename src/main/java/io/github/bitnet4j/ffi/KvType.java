package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;

/** How keys and values are stored. */
public enum KvType {
  /** Half precision, rounded to nearest even: half the memory. */
  F16(BitNetNative.BN_TYPE_F16()),
  /** Single precision: exactly what was computed. */
  F32(BitNetNative.BN_TYPE_F32()),
  /** Eight bits and a half-precision scale for every 32 elements: 53 % of F16's memory. Lossy. */
  Q8_0(BitNetNative.BN_TYPE_Q8_0());

  private static final int GROUP = 32;

  private final int code;

  KvType(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** Bytes of the key, or the value, of one position and one KV head. */
  public int rowBytes(int headDim) {
    return switch (this) {
      case F16 -> headDim * Short.BYTES;
      case F32 -> headDim * Float.BYTES;
      case Q8_0 -> Math.ceilDiv(headDim, GROUP) * Short.BYTES + headDim;
    };
  }
}
