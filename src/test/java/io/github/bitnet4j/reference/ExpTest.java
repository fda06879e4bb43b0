package io.github.bitnet4j.reference;

import static io.github.bitnet4j.reference.KnownAnswers.assertBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpTest {
  private static final float LARGEST_FINITE_ARGUMENT = 0x1.62e42ep+6f;
  private static final float SMALLEST_NORMAL_ARGUMENT = -0x1.5d589ep+6f;

  @ParameterizedTest
  @CsvSource({
    "1,            0x402df854",
    "-1,           0x3ebc5ab2",
    "0.5,          0x3fd3094c",
    "10,           0x46ac14ef",
    "-10,          0x383e6bce",
    "88.7,         0x7f7a37fc",
    "-87.3,        0x0084c38b",
    "0.34657359,   0x3fb504f3",
    "-3.7252903e-9, 0x3f800000",
    "20.25,        0x4e1486bb",
    "-45.6789,     0x1e891e3b",
  })
  void resultsHaveTheBitsOfExactArithmetic(float x, String bits) {
    assertBits(Long.decode(bits).intValue(), Exp.exp(x));
  }

  @Test
  void resultsLieWithinTwoUnitsInTheLastPlaceOfTheTrueExponential() {
    double worst = 0;
    // A prime stride over all floats between the cutoffs: some two million of each sign.
    for (int bits = 0; bits < Float.floatToIntBits(88.72284f); bits += 521) {
      worst = Math.max(worst, errorInUlps(Float.intBitsToFloat(bits)));
      worst = Math.max(worst, errorInUlps(-Float.intBitsToFloat(bits)));
    }
    assertTrue(worst <= 2, worst + " ulp");
  }

  private static double errorInUlps(float x) {
    if (x > LARGEST_FINITE_ARGUMENT || x < SMALLEST_NORMAL_ARGUMENT) {
      return 0;
    }
    double exact = StrictMath.exp(x);
    return Math.abs(Exp.exp(x) - exact) / Math.ulp((float) exact);
  }

  @Test
  void theLastArgumentBeforeOverflowIsFiniteAndTheNextIsInfinity() {
    assertTrue(Float.isFinite(Exp.exp(LARGEST_FINITE_ARGUMENT)));
    assertEquals(Float.POSITIVE_INFINITY, Exp.exp(Math.nextUp(LARGEST_FINITE_ARGUMENT)));
    assertEquals(Float.POSITIVE_INFINITY, Exp.exp(Float.POSITIVE_INFINITY));
    assertEquals(Float.POSITIVE_INFINITY, Exp.exp(Float.MAX_VALUE));
  }

  @Test
  void resultsThatWouldBeSubnormalArePositiveZero() {
    assertTrue(Exp.exp(SMALLEST_NORMAL_ARGUMENT) >= Float.MIN_NORMAL);
    assertEquals(0f, Exp.exp(Math.nextDown(SMALLEST_NORMAL_ARGUMENT)));
    assertEquals(0f, Exp.exp(Float.NEGATIVE_INFINITY));
    assertEquals(0f, Exp.exp(-Float.MAX_VALUE));
  }

  @Test
  void zerosOfBothSignsGiveOne() {
    assertEquals(1f, Exp.exp(0f));
    assertEquals(1f, Exp.exp(-0f));
    assertEquals(1f, Exp.exp(Float.MIN_VALUE));
  }

  @Test
  void nanGivesNan() {
    assertTrue(Float.isNaN(Exp.exp(Float.NaN)));
  }
}
