package io.github.bitnet4j.reference;

import static io.github.bitnet4j.reference.KnownAnswers.assertBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnet4j.model.WeightLayout;
import io.github.bitnet4j.testing.I2sLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TernaryMatrixTest {
  @ParameterizedTest
  @CsvSource({
    "L1, BLOCK_128, 1,  128",
    "L1, BLOCK_128, 7,  384",
    "L2, BLOCK_64,  1,  128",
    "L2, BLOCK_64,  7,  384",
    "L3, ROW_4,     4,  128",
    "L3, ROW_4,     12, 384",
  })
  void productsAreIntegerSumsOverTheUnpackedMatrix(
      I2sLayout written, WeightLayout layout, int rows, int cols) {
    var random = new SplittableRandom(rows * 1000 + cols);
    byte[] codes = new byte[rows * cols];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) random.nextInt(4);
    }
    byte[] values = new byte[cols];
    for (int i = 0; i < cols; i++) {
      values[i] = (byte) random.nextInt(-127, 128);
    }
    float[] expected = new float[rows];
    for (int r = 0; r < rows; r++) {
      long sum = 0;
      for (int c = 0; c < cols; c++) {
        sum += new int[] {-1, 0, 1, 2}[codes[r * cols + c]] * (long) values[c];
      }
      expected[r] = sum / 42.3f * 0.731f;
    }
    var packed = MemorySegment.ofArray(written.encode(codes, cols, 0.731f));
    var matrix = new TernaryMatrix(packed, rows, cols, layout);
    assertArrayEquals(expected, matrix.multiply(new Quantized(values, 42.3f)));
  }

  @Test
  void theSumIsDividedByTheActivationScaleAndThenTimesTheWeightScale() {
    assertBits(0x41aa99ea, oneRow(1234, 42.3f, 0.731f));
    assertBits(0xc688b7ff, oneRow(-7, 0.001f, 2.5f));
  }

  /** A row of weights +1 whose sum with its values is {@code sum}. */
  private static float oneRow(int sum, float scale, float weightScale) {
    byte[] codes = new byte[128];
    Arrays.fill(codes, (byte) 2);
    byte[] values = new byte[128];
    int rest = sum;
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) Math.clamp(rest, -127, 127);
      rest -= values[i];
    }
    var packed = MemorySegment.ofArray(I2sLayout.L1.encode(codes, 128, weightScale));
    return new TernaryMatrix(packed, 1, 128, WeightLayout.BLOCK_128)
        .multiply(new Quantized(values, scale))[0];
  }

  @Test
  void theLayoutsAreThoseOfTheFormat() {
    // One byte 0b00_01_10_11 holds the codes 0, 1, 2, 3; where they belong is the layout.
    byte[] bytes = new byte[4 * 128 / 4 + 32];
    bytes[33] = 0b00_01_10_11;
    var packed = MemorySegment.ofArray(bytes);
    byte[] row1 = new TernaryMatrix(packed, 4, 128, WeightLayout.BLOCK_128).codes(1);
    assertArrayEquals(new byte[] {0, 1, 2, 3}, new byte[] {row1[1], row1[33], row1[65], row1[97]});
    row1 = new TernaryMatrix(packed, 4, 128, WeightLayout.BLOCK_64).codes(1);
    assertArrayEquals(new byte[] {0, 1, 2, 3}, new byte[] {row1[1], row1[17], row1[33], row1[49]});
    var rows = new TernaryMatrix(packed, 4, 128, WeightLayout.ROW_4);
    for (int r = 0; r < 4; r++) {
      assertEquals(r, rows.codes(r)[33]);
    }
  }

  @Test
  void extremeSumsDoNotOverflow() {
    int cols = 1 << 20;
    byte[] codes = new byte[cols];
    Arrays.fill(codes, (byte) 3);
    byte[] values = new byte[cols];
    Arrays.fill(values, (byte) -127);
    var packed = MemorySegment.ofArray(I2sLayout.L1.encode(codes, cols, 1));
    float[] y =
        new TernaryMatrix(packed, 1, cols, WeightLayout.BLOCK_128)
            .multiply(new Quantized(values, 1));
    assertEquals(-2f * 127 * cols, y[0]);
  }

  @Test
  void aScaleOfZeroGivesNanAsItsFormulaSays() {
    var packed = MemorySegment.ofArray(I2sLayout.L1.encode(new byte[128], 128, 1));
    var matrix = new TernaryMatrix(packed, 1, 128, WeightLayout.BLOCK_128);
    assertEquals(Float.NaN, matrix.multiply(new Quantized(new byte[128], 0))[0]);
  }
}
