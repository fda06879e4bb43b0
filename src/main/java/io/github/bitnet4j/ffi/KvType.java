package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;

/** How keys and values are stored. */
public enum KvType {
  /** Half precision, rounded to nearest even: half the memory. */
  F16(BitNetNative.BN_TYPE_F16(), 2),
  /** Single precision: exactly what was computed. */
  F32(BitNetNative.BN_TYPE_F32(), 4);

  private final int code;
  private final int bytes;

  KvType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  int code() {
    return code;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
