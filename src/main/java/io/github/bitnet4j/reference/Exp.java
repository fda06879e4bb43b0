package io.github.bitnet4j.reference;

/**
 * The engine's own exponential, so that no platform's mathematics library decides a bit.
 *
 * <p>Source: native/ARITHMETIC.md, "exp (f32)". {@code exp(x) = 2^k · exp(r)} with {@code k} the
 * nearest integer to {@code x / ln 2} and {@code |r| <= ln(2) / 2}; a polynomial gives {@code
 * exp(r)}.
 */
final class Exp {
  /** Above this the result is infinity. */
  private static final float OVERFLOW = 0x1.62e42ep+6f;

  /** Below this the result would be subnormal and is zero. */
  private static final float UNDERFLOW = -0x1.5d589ep+6f;

  private static final float ONE_OVER_LN2 = 0x1.715476p+0f;
  private static final float LN2_HIGH = 0x1.62e43p-1f;
  private static final float LN2_LOW = -0x1.05c61p-29f;

  private Exp() {}

  static float exp(float x) {
    if (x != x) {
      return Float.NaN;
    }
    if (x > OVERFLOW) {
      return Float.POSITIVE_INFINITY;
    }
    if (x < UNDERFLOW) {
      return 0f;
    }
    float k = (float) Math.rint(x * ONE_OVER_LN2);
    float r = Math.fma(k, -LN2_HIGH, x);
    r = Math.fma(k, -LN2_LOW, r);
    float p = 0x1.6a23dp-10f;
    p = Math.fma(p, r, 0x1.123a2p-7f);
    p = Math.fma(p, r, 0x1.5558f2p-5f);
    p = Math.fma(p, r, 0x1.555492p-3f);
    p = Math.fma(p, r, 0x1.fffffcp-2f);
    p = Math.fma(p, r, 1f);
    p = Math.fma(p, r, 1f);
    // Two factors, because 2^128 alone would overflow.
    int a = (int) k >> 1;
    int b = (int) k - a;
    return (p * powerOfTwo(a)) * powerOfTwo(b);
  }

  private static float powerOfTwo(int exponent) {
    return Math.scalb(1f, exponent);
  }
}
