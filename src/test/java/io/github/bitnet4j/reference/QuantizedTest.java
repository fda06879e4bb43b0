package io.github.bitnet4j.reference;

import static io.github.bitnet4j.reference.KnownAnswers.assertBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizedTest {
  @Test
  void tiesGoToTheEvenNeighbour() {
    // The largest magnitude 127 makes the scale 1, so that values are already steps.
    Quantized q = Quantized.of(new float[] {127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 126.5f});
    assertEquals(1f, q.scale());
    assertArrayEquals(new byte[] {127, 0, 2, 2, 0, -2, -2, 126}, q.values());
  }

  @Test
  void neighboursOfATieGoToTheNearerStep() {
    Quantized q =
        Quantized.of(new float[] {-127, Math.nextUp(0.5f), Math.nextDown(1.5f), -2.5000002f});
    assertArrayEquals(new byte[] {-127, 1, 1, -3}, q.values());
  }

  @ParameterizedTest
  @CsvSource({
    "3,    0x42295555",
    "0.1,  0x449ec000",
    "1e30, 0x1120fddb",
    "127,  0x3f800000",
    "1e-6, 0x4b41c960",
    "0,    0x4b41c960",
  })
  void theScaleIs127OverTheLargestMagnitudeButAtLeastOneHundredThousandth(float max, String bits) {
    assertBits(Long.decode(bits).intValue(), Quantized.of(new float[] {-max, max / 2}).scale());
  }

  @Test
  void aRowOfZerosStaysZero() {
    assertArrayEquals(new byte[3], Quantized.of(new float[] {0, -0f, 0}).values());
  }

  @Test
  void nanBecomesZeroAndDoesNotCountAsTheLargest() {
    Quantized q = Quantized.of(new float[] {Float.NaN, 127, -3});
    assertEquals(1f, q.scale());
    assertArrayEquals(new byte[] {0, 127, -3}, q.values());
  }

  @Test
  void anInfinityMakesTheScaleAndEveryValueZero() {
    Quantized q = Quantized.of(new float[] {1, Float.NEGATIVE_INFINITY, 3e38f});
    assertEquals(0f, q.scale());
    assertArrayEquals(new byte[3], q.values());
  }

  @Test
  void theLargestMagnitudeBecomes127WhateverItIs() {
    for (float max = 1e-5f; max < 3e38f; max *= 1.7f) {
      assertArrayEquals(
          new byte[] {127, -127}, Quantized.of(new float[] {max, -max}).values(), "" + max);
    }
    assertArrayEquals(new byte[] {127}, Quantized.of(new float[] {Float.MAX_VALUE}).values());
  }
}
