package io.github.bitnet4j.reference;

import static io.github.bitnet4j.reference.KnownAnswers.assertBits;
import static io.github.bitnet4j.reference.KnownAnswers.sevenths;
import static io.github.bitnet4j.reference.KnownAnswers.thirds;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.testing.Floats;
import java.lang.foreign.MemorySegment;
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
