package io.github.bitnet4j.sampling;

/**
 * The exponential function for softmax: additions and multiplications alone, in one written order,
 * so that it gives the same bits on every platform, and several times faster than {@link
 * StrictMath#exp}. The relative error is below 2⁻⁵¹.
 *
 * <p>{@code exp(x) = 2ⁿ exp(r)} with {@code n = round(x / ln 2)} and {@code r = x − n ln 2}, whose
 * magnitude is at most 0.347; {@code exp(r)} is its Taylor polynomial of degree 13, whose remainder
 * there is below 10⁻¹⁷ (Cody and Waite 1980 for the reduction).
 */
final class Exp {
  /** Below it, e to the x is less than the smallest normal number, and counts as 0. */
  private static final double SMALLEST = -708;

  private static final double INVERSE_LN_2 = 0x1.71547652b82fep0;

  /** ln 2 with its lower 20 bits zero: times an n of 11 bits it is exact. */
  private static final double LN_2_HIGH = 0x1.62e42feep-1;

  private static final double LN_2_LOW = 0x1.a39ef35793c76p-33;

  /** Added to a number below 2⁵⁰, it rounds it to a whole one, which the low bits then hold. */
  private static final double ROUNDER = 0x1.8p52;

  private static final int EXPONENT_BIAS = 1023;
  private static final int FRACTION_BITS = 52;

  private Exp() {}

  /** As many results are computed together as stay in the first-level cache with what they need. */
  private static final int CHUNK = 512;

  /**
   * e to the x.
   *
   * @param x 0 or less, −∞ too
   */
  static double of(double x) {
    double shifted = shifted(Math.max(x, SMALLEST));
    return x < SMALLEST ? 0 : ofRemainder(Math.max(x, SMALLEST), shifted) * powerOfTwo(shifted);
  }

  /**
   * {@code out[i] = exp(logits[i] − highest)} for the first {@code count}: what {@link #of} gives,
   * in two loops, of which the compiler makes vector instructions of the first.
   *
   * @param highest no logit is higher
   */
  static void ofDistances(float[] logits, double highest, double[] out, int count) {
    for (int from = 0; from < count; from += CHUNK) {
      int chunk = Math.min(CHUNK, count - from);
      ofRemainders(logits, highest, out, from, chunk);
      for (int i = from; i < from + chunk; i++) {
        double x = logits[i] - highest;
        out[i] = x < SMALLEST ? 0 : out[i] * powerOfTwo(shifted(x));
      }
    }
  }

  private static void ofRemainders(
      float[] logits, double highest, double[] out, int from, int count) {
    for (int i = from; i < from + count; i++) {
      double bounded = Math.max(logits[i] - highest, SMALLEST);
      out[i] = ofRemainder(bounded, shifted(bounded));
    }
  }

  /** {@code x / ln 2} with the fraction rounded away: n is in the low bits. */
  private static double shifted(double x) {
    return x * INVERSE_LN_2 + ROUNDER;
  }

  private static double ofRemainder(double x, double shifted) {
    double n = shifted - ROUNDER;
    double r = x - n * LN_2_HIGH - n * LN_2_LOW;
    double sum = 1 / 6227020800.0;
    sum = sum * r + 1 / 479001600.0;
    sum = sum * r + 1 / 39916800.0;
    sum = sum * r + 1 / 3628800.0;
    sum = sum * r + 1 / 362880.0;
    sum = sum * r + 1 / 40320.0;
    sum = sum * r + 1 / 5040.0;
    sum = sum * r + 1 / 720.0;
    sum = sum * r + 1 / 120.0;
    sum = sum * r + 1 / 24.0;
    sum = sum * r + 1 / 6.0;
    sum = sum * r + 0.5;
    sum = sum * r + 1;
    return sum * r + 1;
  }

  /** 2ⁿ: the low bits are n in two's complement, and all above them leave at the left. */
  private static double powerOfTwo(double shifted) {
    return Double.longBitsToDouble(
        Double.doubleToRawLongBits(shifted) + EXPONENT_BIAS << FRACTION_BITS);
  }
}
