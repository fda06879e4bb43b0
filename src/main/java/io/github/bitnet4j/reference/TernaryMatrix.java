package io.github.bitnet4j.reference;

import io.github.bitnet4j.model.WeightLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * A matrix {@code [rows][cols]} of weights -1, 0 and +1 with one common scale, as I2_S packs it:
 * four 2-bit codes to a byte, the first in the highest bits, then the scale as a float. A code is
 * the weight plus 1; the unused code 3 counts as +2.
 *
 * @param packed the tensor's bytes as they lie in the file: {@code rows * cols / 4}, then the scale
 * @param rows outputs
 * @param cols inputs, a multiple of 128
 * @param layout which elements share a byte; {@link WeightLayout#ROW_4} needs rows in fours
 */
record TernaryMatrix(MemorySegment packed, int rows, int cols, WeightLayout layout) {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The factor on every weight. */
  float scale() {
    return packed.get(FLOAT, (long) rows * cols / 4);
  }

  /**
   * The product {@code y[rows]} with quantised activations {@code [cols]}: exact integer sums,
   * divided by the activations' scale, times the weights' scale.
   *
   * <p>Source: native/ARITHMETIC.md, "Ternary product". Rows are independent, so they may be
   * computed in parallel.
   */
  float[] multiply(Quantized x) {
    float weightScale = scale();
    float[] y = new float[rows];
    IntStream.range(0, rows)
        .parallel()
        .forEach(r -> y[r] = ((float) sum(codes(r), x.values()) / x.scale()) * weightScale);
    return y;
  }

  /** At most 2 · 127 · cols in magnitude, which fits an int for cols up to 2^20. */
  private static int sum(byte[] codes, byte[] values) {
    int sum = 0;
    for (int c = 0; c < codes.length; c++) {
      sum += (codes[c] - 1) * values[c];
    }
    return sum;
  }

  /** The codes 0 to 3 of one row: {@code [cols]}. */
  byte[] codes(int row) {
    return switch (layout) {
      case BLOCK_128 -> blockCodes(row, 128);
      case BLOCK_64 -> blockCodes(row, 64);
      case ROW_4 -> rowCodes(row);
    };
  }

  /**
   * Blocks of {@code size} elements take {@code size / 4} bytes: byte {@code p} holds elements
   * {@code p}, {@code p + size/4}, {@code p + size/2} and {@code p + 3·size/4}.
   */
  private byte[] blockCodes(int row, int size) {
    byte[] bytes = bytes((long) row * (cols / 4), cols / 4);
    byte[] codes = new byte[cols];
    int quarter = size / 4;
    for (int block = 0; block < cols / size; block++) {
      for (int p = 0; p < quarter; p++) {
        int packedCodes = bytes[block * quarter + p];
        int at = block * size + p;
        codes[at] = (byte) (packedCodes >> 6 & 3);
        codes[at + quarter] = (byte) (packedCodes >> 4 & 3);
        codes[at + 2 * quarter] = (byte) (packedCodes >> 2 & 3);
        codes[at + 3 * quarter] = (byte) (packedCodes & 3);
      }
    }
    return codes;
  }

  /** Byte {@code g·cols + c} holds column {@code c} of rows {@code 4g} to {@code 4g + 3}. */
  private byte[] rowCodes(int row) {
    byte[] bytes = bytes((long) (row / 4) * cols, cols);
    int shift = 6 - 2 * (row % 4);
    byte[] codes = new byte[cols];
    for (int c = 0; c < cols; c++) {
      codes[c] = (byte) (bytes[c] >> shift & 3);
    }
    return codes;
  }

  private byte[] bytes(long offset, int count) {
    byte[] bytes = new byte[count];
    MemorySegment.copy(packed, ValueLayout.JAVA_BYTE, offset, bytes, 0, count);
    return bytes;
  }
}
