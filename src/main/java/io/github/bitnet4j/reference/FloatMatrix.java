package io.github.bitnet4j.reference;

import io.github.bitnet4j.gguf.GgmlType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * A matrix {@code [rows][cols]} of an embedding, a head or a norm, little-endian, as it lies in the
 * file; every element widens to float exactly.
 *
 * @param data {@code rows * cols} elements
 * @param type F32, F16, BF16, Q8_0, Q6_K or Q4_0
 * @param cols whole blocks of the type
 */
record FloatMatrix(MemorySegment data, GgmlType type, int rows, int cols) {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** One row widened: {@code [cols]}. */
  float[] row(int index) {
    float[] row = new float[cols];
    int elements = type.blockElements();
    long at = (long) index * (cols / elements) * type.blockBytes();
    for (int i = 0; i < cols; i += elements, at += type.blockBytes()) {
      switch (type) {
        case F32 -> row[i] = data.get(FLOAT, at);
        case F16 -> row[i] = half(at);
        case BF16 -> row[i] = Float.intBitsToFloat(data.get(SHORT, at) << 16);
        case Q8_0 -> widenQ80(at, row, i);
        case Q4_0 -> widenQ40(at, row, i);
        case Q6_K -> widenQ6K(at, row, i);
        default -> throw new IllegalArgumentException("no type of a dense matrix: " + type);
      }
    }
    return row;
  }

  /** Source: native/ARITHMETIC.md, "Quantised weights". */
  private void widenQ80(long block, float[] to, int from) {
    float d = half(block);
    for (int i = 0; i < 32; i++) {
      to[from + i] = d * data.get(ValueLayout.JAVA_BYTE, block + 2 + i);
    }
  }

  /** Source: native/ARITHMETIC.md, "Quantised weights". */
  private void widenQ40(long block, float[] to, int from) {
    float d = half(block);
    for (int i = 0; i < 16; i++) {
      int both = unsigned(block + 2 + i);
      to[from + i] = d * ((both & 15) - 8);
      to[from + i + 16] = d * ((both >> 4) - 8);
    }
  }

  /** Source: native/ARITHMETIC.md, "Quantised weights". */
  private void widenQ6K(long block, float[] to, int from) {
    float d = half(block + 208);
    for (int i = 0; i < 256; i++) {
      to[from + i] = (d * scaleQ6K(block, i)) * codeQ6K(block, i);
    }
  }

  /** Element {@code i} of a block of Q6_K without its scales: -32 to 31. */
  private int codeQ6K(long block, int i) {
    int half = i / 128;
    int quarter = i % 128 / 32;
    int low = unsigned(block + 64 * half + 32 * (quarter % 2) + i % 32) >> 4 * (quarter / 2) & 15;
    int high = unsigned(block + 128 + 32 * half + i % 32) >> 2 * quarter & 3;
    return (low | high << 4) - 32;
  }

  private byte scaleQ6K(long block, int i) {
    return data.get(ValueLayout.JAVA_BYTE, block + 192 + i / 16);
  }

  private float half(long at) {
    return Float.float16ToFloat(data.get(SHORT, at));
  }

  private int unsigned(long at) {
    return Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at));
  }

  /**
   * The product {@code y[rows]} with {@code x[cols]}: one lane-ordered dot product a row, or of
   * type Q6_K products of integers.
   *
   * <p>Source: native/ARITHMETIC.md, "Head". Rows are independent, so they may be computed in
   * parallel.
   */
  float[] multiply(float[] x) {
    float[] y = new float[rows];
    if (type == GgmlType.Q6_K) {
      Quantized[] blocks = Quantized.blocksOf(x, type.blockElements());
      IntStream.range(0, rows).parallel().forEach(r -> y[r] = dotQ6K(r, blocks));
    } else {
      IntStream.range(0, rows).parallel().forEach(r -> y[r] = Lanes.dot(row(r), 0, x, 0, cols));
    }
    return y;
  }

  /** Source: native/ARITHMETIC.md, "Head of type Q6_K". */
  private float dotQ6K(int row, Quantized[] x) {
    float y = 0;
    for (int b = 0; b < x.length; b++) {
      long block = ((long) row * x.length + b) * type.blockBytes();
      int sum = 0;
      for (int i = 0; i < type.blockElements(); i++) {
        sum += scaleQ6K(block, i) * codeQ6K(block, i) * x[b].values()[i];
      }
      y = Math.fma((float) sum, half(block + 208) * (1 / x[b].scale()), y);
    }
    return y;
  }
}
