package io.github.bitnet4j.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Inputs and assertions that the tests of single steps share. Expected bits quoted in those tests
 * were computed from native/ARITHMETIC.md in exact rational arithmetic, rounded after every
 * operation.
 */
final class KnownAnswers {
  private KnownAnswers() {}

  /** Values that are not exact in binary. */
  static float[] thirds(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (i * 37 % 101 - 50) / 48f;
    }
    return x;
  }

  /** Other values that are not exact in binary. */
  static float[] sevenths(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (i * 53 % 89 - 44) / 7f;
    }
    return x;
  }

  /** Exact weights from 1 to 1.75. */
  static float[] weights(int n) {
    float[] w = new float[n];
    for (int i = 0; i < n; i++) {
      w[i] = 1 + i % 7 / 8f;
    }
    return w;
  }

  static void assertBits(int expected, float actual) {
    assertEquals(
        Float.intBitsToFloat(expected),
        actual,
        () -> "expected 0x%08x, got 0x%08x".formatted(expected, Float.floatToRawIntBits(actual)));
  }
}
