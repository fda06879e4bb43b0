package io.github.bitnet4j.reference;

import static io.github.bitnet4j.reference.KnownAnswers.assertBits;
import static io.github.bitnet4j.reference.KnownAnswers.thirds;
import static io.github.bitnet4j.reference.KnownAnswers.weights;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.model.Activation;
import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpsTest {
  @ParameterizedTest
  @CsvSource({
    "1,   0xbf7fffb1, 0xbf7fffb1",
    "31,  0xbfd5048e, 0x400522d9",
    "127, 0xbfda7a38, 0xbf94908d",
    "129, 0xbfda9551, 0x3fda9552",
  })
  void rmsNormsHaveTheBitsOfExactArithmetic(int n, String first, String last) {
    float[] y = Ops.rmsNorm(thirds(n), weights(n), 1e-5f);
    assertBits(Long.decode(first).intValue(), y[0]);
    assertBits(Long.decode(last).intValue(), y[n - 1]);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 127, 128, 129, 1000})
  void rmsNormsErrNoMoreThanTheirRoundingsAllow(int n) {
    float epsilon = 1e-5f;
    float[] x = thirds(n);
    float[] w = weights(n);
    BigDecimal squares = BigDecimal.ZERO;
    for (float v : x) {
      squares = squares.add(new BigDecimal(v).pow(2));
    }
    var digits = MathContext.DECIMAL128;
    BigDecimal root =
        squares.divide(new BigDecimal(n), digits).add(new BigDecimal(epsilon)).sqrt(digits);
    float[] y = Ops.rmsNorm(x, w, epsilon);
    for (int i = 0; i < n; i++) {
      double exact =
          new BigDecimal(x[i]).divide(root, digits).multiply(new BigDecimal(w[i])).doubleValue();
      // Mean and epsilon round under the root and count half each; root, inverse and two products.
      assertEquals(exact, y[i], 5 * 0x1p-24 * Math.abs(exact) * 1.001);
    }
  }

  @Test
  void epsilonKeepsTheNormOfARowOfZerosAtZero() {
    assertArrayEquals(new float[3], Ops.rmsNorm(new float[3], weights(3), 1e-5f));
  }

  @Test
  void squaresThatOverflowFloatDoNotOverflowTheNorm() {
    float[] y = Ops.rmsNorm(new float[] {1e25f, -1e25f}, new float[] {1, 1}, 1e-5f);
    // The mean square 1e50 is infinite as a float, so the result is zero and not NaN.
    assertArrayEquals(new float[] {0f, -0f}, y);
    assertEquals(1, Ops.rmsNorm(new float[] {1e15f}, new float[] {1}, 1e-5f)[0], 0x1p-22);
  }

  @Test
  void oneNanMakesTheWholeNormNan() {
    for (float v : Ops.rmsNorm(new float[] {1, Float.NaN, 2}, weights(3), 1e-5f)) {
      assertTrue(Float.isNaN(v));
    }
  }

  @Test
  void ropeRotatesEachPairHalfAHeadApart() {
    float[] x = {1.3f, -2.1f, 0.7f, 5.9f};
    float[] y = Ops.rope(x, new float[] {0.8f, -0.1f}, new float[] {0.6f, 0.99f});
    assertBits(0x3f1eb851, y[0]);
    assertBits(0xc0b43127, y[1]);
    assertBits(0x3fab851f, y[2]);
    assertBits(0xc02ad0e6, y[3]);
  }

  @Test
  void ropeTreatsEveryHeadAlike() {
    float[] cos = {0.8f, -0.1f};
    float[] sin = {0.6f, 0.99f};
    float[] first = Ops.rope(new float[] {1, 2, 3, 4}, cos, sin);
    float[] second = Ops.rope(new float[] {5, 6, 7, 8}, cos, sin);
    float[] both = Ops.rope(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, cos, sin);
    assertArrayEquals(
        new float[] {
          first[0], first[1], first[2], first[3], second[0], second[1], second[2], second[3]
        },
        both);
  }

  @ParameterizedTest
  @CsvSource({
    "SILU,  -3.5, 0xbe3297f4",
    "SILU,  0.1,  0x3db6c6da",
    "SILU,  4,    0x40d5afab",
    "SILU,  -20,  0xb3967e77",
    "SILU,  30,   0x424c0000",
    "RELU2, -3.5, 0x00000000",
    "RELU2, 0.1,  0x3c8b4396",
    "RELU2, 4,    0x41d9999a",
  })
  void gatesHaveTheBitsOfExactArithmetic(Activation activation, float gate, String bits) {
    float[] y = Ops.gate(activation, new float[] {gate}, new float[] {1.7f});
    assertBits(Long.decode(bits).intValue(), y[0]);
  }

  @Test
  void aClosedGateKeepsTheSignOfUpInItsZero() {
    float[] closed = {-1, -0f, Float.NaN, Float.NEGATIVE_INFINITY};
    float[] y = Ops.gate(Activation.RELU2, closed, new float[] {-2, -2, -2, -2});
    assertArrayEquals(new float[] {-0f, -0f, -0f, -0f}, y);
  }

  @Test
  void siluOfInfinitiesFollowsFromItsFormula() {
    float inf = Float.POSITIVE_INFINITY;
    float[] y = Ops.gate(Activation.SILU, new float[] {inf, -inf, -100}, new float[] {1, 1, 1});
    assertEquals(inf, y[0]);
    // -inf / (1 + inf) is NaN; at -100 the exponential is infinite and the quotient zero.
    assertTrue(Float.isNaN(y[1]));
    assertEquals(-0f, y[2]);
  }

  @Test
  void residualsAreAddedElementByElement() {
    assertArrayEquals(
        new float[] {4, 0.30000001192092896f, 0f},
        Ops.add(new float[] {1, 0.1f, -0f}, new float[] {3, 0.2f, 0f}));
  }
}
