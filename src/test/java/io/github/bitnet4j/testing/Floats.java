package io.github.bitnet4j.testing;

import io.github.bitnet4j.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Encodes float arrays as tensors store them. */
public final class Floats {
  private Floats() {}

  /** Little-endian {@code values} as F32, or rounded to nearest even as F16 or BF16. */
  public static byte[] encode(GgmlType type, float[] values) {
    var out = ByteBuffer.allocate(values.length * type.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case F32 -> out.putFloat(value);
        case F16 -> out.putShort(Float.floatToFloat16(value));
        case BF16 -> out.putShort(toBfloat16(value));
        default -> throw new IllegalArgumentException("no float type: " + type);
      }
    }
    return out.array();
  }

  private static short toBfloat16(float value) {
    int bits = Float.floatToIntBits(value);
    int roundHalfToEven = 0x7fff + (bits >>> 16 & 1);
    return (short) (bits + roundHalfToEven >>> 16);
  }
}
