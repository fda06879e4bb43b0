package io.github.bitnet4j.reference;

/**
 * Long sums in 16 lanes: lane {@code j} takes the elements {@code j, j + 16, j + 32, …} in
 * ascending order from {@code +0}, then the lanes are folded pairwise, 8 apart, 4, 2, 1.
 *
 * <p>Source: native/ARITHMETIC.md, "Lanes". Sixteen is what the widest vector register holds, so a
 * kernel of any width can follow the same order.
 */
final class Lanes {
  /** Number of partial sums. */
  static final int COUNT = 16;

  private Lanes() {}

  /**
   * The dot product of {@code a[aFrom …]} and {@code b[bFrom …]}, {@code n} elements each: in every
   * lane {@code fma(a[i], b[i], lane)}.
   */
  static float dot(float[] a, int aFrom, float[] b, int bFrom, int n) {
    float[] lane = new float[COUNT];
    for (int from = 0; from < n; from += COUNT) {
      int end = Math.min(COUNT, n - from);
      for (int j = 0; j < end; j++) {
        lane[j] = Math.fma(a[aFrom + from + j], b[bFrom + from + j], lane[j]);
      }
    }
    return fold(lane);
  }

  /** The sum of {@code x}. */
  static float sum(float[] x) {
    float[] lane = new float[COUNT];
    for (int i = 0; i < x.length; i++) {
      lane[i % COUNT] += x[i];
    }
    return fold(lane);
  }

  /** The sum of the squares of {@code x} in double precision; each square is exact. */
  static double sumOfSquares(float[] x) {
    double[] lane = new double[COUNT];
    for (int i = 0; i < x.length; i++) {
      lane[i % COUNT] += (double) x[i] * (double) x[i];
    }
    for (int width = COUNT / 2; width > 0; width /= 2) {
      for (int j = 0; j < width; j++) {
        lane[j] += lane[j + width];
      }
    }
    return lane[0];
  }

  private static float fold(float[] lane) {
    for (int width = COUNT / 2; width > 0; width /= 2) {
      for (int j = 0; j < width; j++) {
        lane[j] += lane[j + width];
      }
    }
    return lane[0];
  }
}
