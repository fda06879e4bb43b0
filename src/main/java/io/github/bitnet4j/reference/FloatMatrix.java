package io.github.bitnet4j.reference;

import io.github.bitnet4j.gguf.GgmlType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * A matrix {@code [rows][cols]} of F32, F16 or BF16 elements, little-endian, as it lies in the
 * file; every element widens to float exactly.
 *
 * @param data {@code rows * cols} elements
 * @param type F32, F16 or BF16
 */
record FloatMatrix(MemorySegment data, GgmlType type, int rows, int cols) {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** One row widened: {@code [cols]}. */
  float[] row(int index) {
    float[] row = new float[cols];
    long from = (long) index * cols;
    switch (type) {
      case F32 -> MemorySegment.copy(data, FLOAT, from * Float.BYTES, row, 0, cols);
      case F16 -> {
        for (int i = 0; i < cols; i++) {
          row[i] = Float.float16ToFloat(data.get(SHORT, (from + i) * Short.BYTES));
        }
      }
      case BF16 -> {
        for (int i = 0; i < cols; i++) {
          row[i] = Float.intBitsToFloat(data.get(SHORT, (from + i) * Short.BYTES) << 16);
        }
      }
      default -> throw new IllegalArgumentException("must be F32, F16 or BF16, not " + type);
    }
    return row;
  }

  /**
   * The product {@code y[rows]} with {@code x[cols]}: one lane-ordered dot product a row.
   *
   * <p>Source: native/ARITHMETIC.md, "Head". Rows are independent, so they may be computed in
   * parallel.
   */
  float[] multiply(float[] x) {
    float[] y = new float[rows];
    IntStream.range(0, rows).parallel().forEach(r -> y[r] = Lanes.dot(row(r), 0, x, 0, cols));
    return y;
  }
}
