package io.github.bitnet4j.reference;

import static io.github.bitnet4j.reference.KnownAnswers.assertBits;
import static io.github.bitnet4j.reference.KnownAnswers.sevenths;
import static io.github.bitnet4j.reference.KnownAnswers.thirds;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.testing.Floats;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FloatMatrixTest {
  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void valuesThatEveryTypeHoldsComeBackExactly(GgmlType type) {
    float[] values = {1, -2, 0.5f, 96, -0f, Float.POSITIVE_INFINITY};
    var matrix = matrix(type, values, 2, 3);
    assertArrayEquals(new float[] {1, -2, 0.5f}, matrix.row(0));
    assertArrayEquals(new float[] {96, -0f, Float.POSITIVE_INFINITY}, matrix.row(1));
  }

  @Test
  void subnormalHalvesWidenExactly() {
    var matrix = new FloatMatrix(MemorySegment.ofArray(new byte[] {1, 0}), GgmlType.F16, 1, 1);
    assertEquals(0x1p-24f, matrix.row(0)[0]);
  }

  @Test
  void brainFloatsAreTheUpperHalfOfAFloat() {
    byte[] bytes = {(byte) 0x81, (byte) 0xbf};
    var matrix = new FloatMatrix(MemorySegment.ofArray(bytes), GgmlType.BF16, 1, 1);
    assertBits(0xbf810000, matrix.row(0)[0]);
  }

  @Test
  void aQ80BlockIsItsScaleTimesSignedBytes() {
    byte[] block = new byte[34];
    block[1] = 0x38; // 0.5
    block[2] = -128;
    block[3] = 127;
    block[33] = 1;
    float[] row = row(GgmlType.Q8_0, block);
    assertArrayEquals(new float[] {-64, 63.5f, 0}, Arrays.copyOf(row, 3));
    assertEquals(0.5f, row[31]);
  }

  @Test
  void aQ40BlockHasItsFirstHalfInTheLowNibbles() {
    byte[] block = new byte[18];
    block[1] = 0x40; // 2
    block[2] = (byte) 0xf0;
    block[17] = 0x3c;
    float[] row = row(GgmlType.Q4_0, block);
    assertEquals(-16, row[0]); // code 0
    assertEquals(14, row[16]); // code 15
    assertEquals(8, row[15]); // code 12
    assertEquals(-10, row[31]); // code 3
  }

  @Test
  void aQ6KBlockJoinsFourBitsAndTwoAndScalesEverySixteen() {
    byte[] block = new byte[210];
    block[209] = 0x3c; // 1
    for (int i = 0; i < 16; i++) {
      block[192 + i] = (byte) (i - 8);
    }
    block[64 + 32 + 31] = 0x5a; // elements 128 + 63 (low) and 128 + 127 (high)
    block[128 + 32 + 31] = (byte) 0b10_01_11_00; // of elements 128 + 127, 95, 63, 31
    float[] row = row(GgmlType.Q6_K, block);
    assertEquals(-8 * -32, row[0]);
    assertEquals((0xa | 3 << 4) - 32, row[128 + 63] / (block[192 + 11]));
    assertEquals((0x5 | 2 << 4) - 32, row[128 + 127] / block[192 + 15]);
    assertEquals((1 << 4) - 32, row[128 + 95] / block[192 + 13]);
    assertEquals(1 * -32, row[128 + 31]);
  }

  @Test
  void rowsInBlocksFollowOneAnother() {
    byte[] blocks = new byte[4 * 18];
    for (int i = 0; i < 4; i++) {
      blocks[18 * i + 1] = 0x3c;
      blocks[18 * i + 2] = (byte) (8 + i);
    }
    var matrix = new FloatMatrix(MemorySegment.ofArray(blocks), GgmlType.Q4_0, 2, 64);
    assertEquals(2, matrix.row(1)[0]);
    assertEquals(3, matrix.row(1)[32]);
  }

  private static float[] row(GgmlType type, byte[] block) {
    return new FloatMatrix(MemorySegment.ofArray(block), type, 1, type.blockElements()).row(0);
  }

  @Test
  void productsAreLaneOrderedDotsOfTheRows() {
    int n = 129;
    float[] both = new float[2 * n];
    System.arraycopy(sevenths(n), 0, both, 0, n);
    System.arraycopy(thirds(n), 0, both, n, n);
    float[] y = matrix(GgmlType.F32, both, 2, n).multiply(thirds(n));
    assertBits(0x415ec30a, y[0]);
    assertEquals(Lanes.dot(thirds(n), 0, thirds(n), 0, n), y[1]);
  }

  private static FloatMatrix matrix(GgmlType type, float[] values, int rows, int cols) {
    return new FloatMatrix(MemorySegment.ofArray(Floats.encode(type, values)), type, rows, cols);
  }
}
