package io.github.bitnet4j.reference;

import static io.github.bitnet4j.reference.KnownAnswers.assertBits;
import static io.github.bitnet4j.reference.KnownAnswers.sevenths;
import static io.github.bitnet4j.reference.KnownAnswers.thirds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanesTest {
  /** Half a unit in the last place, relative. */
  private static final double F32_ROUNDING = 0x1p-24;

  @ParameterizedTest
  @CsvSource({"1, 0x40d18618", "31, 0x41304922", "127, 0x41856186", "129, 0x415ec30a"})
  void dotProductsHaveTheBitsOfExactArithmetic(int n, String bits) {
    assertBits(Long.decode(bits).intValue(), Lanes.dot(thirds(n), 0, sevenths(n), 0, n));
  }

  @ParameterizedTest
  @CsvSource({"1, 0xbf855555", "31, 0x0", "127, 0xbfdaaaa8", "129, 0xbf4ffffc"})
  void sumsHaveTheBitsOfExactArithmetic(int n, String bits) {
    assertBits(Long.decode(bits).intValue(), Lanes.sum(thirds(n)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 31, 127, 128, 129, 1000})
  void dotProductsErrNoMoreThanTheirRoundingsAllow(int n) {
    float[] a = thirds(n);
    float[] b = sevenths(n);
    BigDecimal exact = BigDecimal.ZERO;
    BigDecimal magnitude = BigDecimal.ZERO;
    for (int i = 0; i < n; i++) {
      BigDecimal product = new BigDecimal(a[i]).multiply(new BigDecimal(b[i]));
      exact = exact.add(product);
      magnitude = magnitude.add(product.abs());
    }
    int roundings = Math.ceilDiv(n, 16) + 4;
    double error = exact.subtract(new BigDecimal(Lanes.dot(a, 0, b, 0, n))).abs().doubleValue();
    assertTrue(error <= 1.001 * roundings * F32_ROUNDING * magnitude.doubleValue(), "" + error);
  }

  @Test
  void lanesAreFoldedEightFourTwoOneApart() {
    // 2^24 swallows the 1 from lane 8, and takes the pairs that come to it as 2, 4 and 8. One after
    // the other, all fifteen ones would be lost.
    float[] x = new float[16];
    Arrays.fill(x, 1);
    x[0] = 0x1p24f;
    assertEquals(0x1p24f + 14, Lanes.sum(x));
  }

  @Test
  void elementsSixteenApartShareALane() {
    float[] x = new float[33];
    x[0] = 0x1p24f;
    x[16] = 1;
    x[32] = 1;
    assertEquals(0x1p24f, Lanes.sum(x));
    x[32] = 0;
    x[17] = 1;
    // Now the ones meet only in the last fold, where 2^24 + 1 rounds to even once.
    assertEquals(0x1p24f, Lanes.sum(x));
    x[21] = 1;
    assertEquals(0x1p24f + 2, Lanes.sum(x));
  }

  @Test
  void productsAreFusedIntoTheLane() {
    float[] a = new float[17];
    a[0] = 1;
    a[16] = 1 + 0x1p-12f;
    float[] b = a.clone();
    b[0] = -1;
    // (1 + 2^-12)^2 - 1 needs 2^-24, which a product rounded by itself loses.
    assertEquals(0x1p-11f + 0x1p-24f, Lanes.dot(a, 0, b, 0, 17));
  }

  @Test
  void aDotProductMayStartAnywhere() {
    float[] a = thirds(100);
    float[] b = sevenths(100);
    assertEquals(
        Lanes.dot(Arrays.copyOfRange(a, 7, 47), 0, Arrays.copyOfRange(b, 30, 70), 0, 40),
        Lanes.dot(a, 7, b, 30, 40));
  }

  @Test
  void squaresAreSummedInDoublePrecision() {
    float[] x = {0x1p20f, 1, 0x1p-6f};
    assertEquals(0x1p40 + 1 + 0x1p-12, Lanes.sumOfSquares(x));
  }
}
