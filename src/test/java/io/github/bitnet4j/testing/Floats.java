package io.github.bitnet4j.testing;

import io.github.bitnet4j.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Encodes float arrays as tensors store them. */
public final class Floats {
  private Floats() {}

  /**
   * Little-endian {@code values} as F32, rounded to nearest even as F16 or BF16, or as blocks of
   * Q8_0, Q6_K or Q4_0 with scales that fit the values and codes that use their whole range.
   */
  public static byte[] encode(GgmlType type, float[] values) {
    if (type.blockElements() > 1) {
      return Blocks.encode(type, values);
    }
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
