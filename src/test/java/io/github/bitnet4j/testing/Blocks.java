package io.github.bitnet4j.testing;

import io.github.bitnet4j.gguf.GgmlType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Quantises floats to Q8_0, Q6_K and Q4_0 in the simplest way: test data, not good encodings. */
final class Blocks {
  private Blocks() {}

  /** {@code values} in whole blocks. */
  static byte[] encode(GgmlType type, float[] values) {
    int elements = type.blockElements();
    var out =
        ByteBuffer.allocate(values.length / elements * type.blockBytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += elements) {
      switch (type) {
        case Q8_0 -> {
          float d = largest(values, from, 32) / 127;
          out.putShort(Float.floatToFloat16(d));
          for (int i = 0; i < 32; i++) {
            out.put((byte) code(values[from + i], d, 127));
          }
        }
        case Q4_0 -> {
          float d = largest(values, from, 32) / 7;
          out.putShort(Float.floatToFloat16(d));
          for (int i = 0; i < 16; i++) {
            int low = code(values[from + i], d, 7) + 8;
            out.put((byte) (low | code(values[from + i + 16], d, 7) + 8 << 4));
          }
        }
        case Q6_K -> putQ6K(values, from, out);
        default -> throw new IllegalArgumentException("no type in blocks: " + type);
      }
    }
    return out.array();
  }

  private static void putQ6K(float[] values, int from, ByteBuffer out) {
    float d = largest(values, from, 256) / 31 / 127;
    var block = new byte[192];
    var scales = new byte[16];
    for (int group = 0; group < 16; group++) {
      // Every third scale is negative, as real encoders make them.
      int scale = code(largest(values, from + 16 * group, 16) / 31, d, 127);
      scales[group] = (byte) (group % 3 == 0 ? -scale : scale);
    }
    for (int i = 0; i < 256; i++) {
      int code = code(values[from + i], d * scales[i / 16], 31) + 32;
      int half = i / 128;
      int quarter = i % 128 / 32;
      block[64 * half + 32 * (quarter % 2) + i % 32] |= (byte) ((code & 15) << 4 * (quarter / 2));
      block[128 + 32 * half + i % 32] |= (byte) (code >> 4 << 2 * quarter);
    }
    out.put(block).put(scales).putShort(Float.floatToFloat16(d));
  }

  private static float largest(float[] values, int from, int count) {
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  private static int code(float value, float step, int limit) {
    return Math.clamp(Math.round(value / step), -limit, limit);
  }
}
