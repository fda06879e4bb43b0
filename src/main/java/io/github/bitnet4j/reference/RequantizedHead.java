package io.github.bitnet4j.reference;

import io.github.bitnet4j.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * Rounds a head to Q8_0 or Q6_K.
 *
 * <p>Source: native/ARITHMETIC.md, "Requantised heads".
 */
final class RequantizedHead {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int GROUP = 16;
  private static final float LARGEST_SCALE = 127;
  private static final int FEWEST_STEPS = 27;
  private static final int MOST_STEPS = 36;
  private static final float SMALLEST_F16 = 0x1p-24f;

  private RequantizedHead() {}

  /**
   * The head in blocks of another type, in memory of its own.
   *
   * @param type Q8_0 or Q6_K
   */
  static FloatMatrix of(FloatMatrix head, GgmlType type) {
    long rowBytes = (long) head.cols() / type.blockElements() * type.blockBytes();
    MemorySegment data = Arena.ofAuto().allocate(head.rows() * rowBytes);
    IntStream.range(0, head.rows())
        .parallel()
        .forEach(r -> store(type, head.row(r), data.asSlice(r * rowBytes, rowBytes)));
    return new FloatMatrix(data, type, head.rows(), head.cols());
  }

  private static void store(GgmlType type, float[] row, MemorySegment to) {
    for (int i = 0; i < row.length; i += type.blockElements()) {
      long at = (long) i / type.blockElements() * type.blockBytes();
      switch (type) {
        case Q8_0 -> storeQ80(row, i, to, at);
        case Q6_K -> storeQ6K(row, i, to, at);
        default -> throw new IllegalArgumentException("heads are not requantised to " + type);
      }
    }
  }

  private static void storeQ80(float[] x, int from, MemorySegment to, long block) {
    float d = storeHalf(Math.abs(largest(x, from, 32)) / 127, to, block);
    float inverse = d > 0 ? 1 / d : 0;
    for (int i = 0; i < 32; i++) {
      float code = round(x[from + i] * inverse, -127, 127);
      to.set(ValueLayout.JAVA_BYTE, block + 2 + i, (byte) code);
    }
  }

  private static void storeQ6K(float[] x, int from, MemorySegment to, long block) {
    float unit = Math.abs(largest(x, from, 256)) / (LARGEST_SCALE * FEWEST_STEPS);
    float d = storeHalf(Math.max(unit, SMALLEST_F16), to, block + 208);
    for (int group = 0; group < 256; group += GROUP) {
      float scale = searchScale(x, from + group, d);
      to.set(ValueLayout.JAVA_BYTE, block + 192 + group / GROUP, (byte) scale);
      float[] codes = codes(x, from + group, d * scale);
      for (int j = 0; j < GROUP; j++) {
        int i = group + j;
        int u = (int) codes[j] + 32;
        int half = i / 128;
        int quarter = i % 128 / 32;
        set(to, block + 64 * half + 32 * (quarter % 2) + i % 32, (u & 15) << 4 * (quarter / 2));
        set(to, block + 128 + 32 * half + i % 32, (u >> 4) << 2 * quarter);
      }
    }
  }

  /** The scale of a group, in units of {@code d}, whose codes miss least; the first of them. */
  private static float searchScale(float[] x, int from, float d) {
    float reach = -largest(x, from, GROUP) / d;
    float least = Float.POSITIVE_INFINITY;
    float best = 0;
    for (int steps = FEWEST_STEPS; steps <= MOST_STEPS; steps++) {
      float scale = round(reach / steps, -LARGEST_SCALE, LARGEST_SCALE);
      float step = d * scale;
      float[] squares = codes(x, from, step);
      for (int i = 0; i < GROUP; i++) {
        float miss = x[from + i] - step * squares[i];
        squares[i] = miss * miss;
      }
      float missed = Lanes.sum(squares);
      if (missed < least) {
        least = missed;
        best = scale;
      }
    }
    return best;
  }

  private static float[] codes(float[] x, int from, float step) {
    float inverse = step == 0 ? 0 : 1 / step;
    float[] codes = new float[GROUP];
    for (int i = 0; i < GROUP; i++) {
      codes[i] = round(x[from + i] * inverse, -32, 31);
    }
    return codes;
  }

  /** Cut off at the ends, then rounded to nearest, ties to even. */
  private static float round(float value, float low, float high) {
    return (float) Math.rint(Math.clamp(value, low, high));
  }

  /** The element of the largest magnitude, the first of them. */
  private static float largest(float[] x, int from, int n) {
    float largest = x[from];
    for (int i = from + 1; i < from + n; i++) {
      largest = Math.abs(x[i]) > Math.abs(largest) ? x[i] : largest;
    }
    return largest;
  }

  /** Stores a value as F16 and returns what is stored. */
  private static float storeHalf(float value, MemorySegment to, long at) {
    short half = Float.floatToFloat16(value);
    to.set(SHORT, at, half);
    return Float.float16ToFloat(half);
  }

  private static void set(MemorySegment to, long at, int bits) {
    to.set(ValueLayout.JAVA_BYTE, at, (byte) (to.get(ValueLayout.JAVA_BYTE, at) | bits));
  }
}
