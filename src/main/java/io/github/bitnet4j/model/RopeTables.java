package io.github.bitnet4j.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Cosines and sines of the rotary position embedding: {@code [positions][headDim/2]} floats each.
 * Immutable, shared by every session that needs no more positions.
 *
 * <p>{@code theta[i] = base^(-2i/headDim) · freqScale / freqFactor[i]}, computed in double
 * precision by {@link StrictMath} so that every machine has the same table, then rounded to float
 * (native/ARITHMETIC.md).
 *
 * @param positions rows of the tables
 */
public record RopeTables(int positions, MemorySegment cos, MemorySegment sin) {

  /**
   * Computes the tables.
   *
   * @param freqFactors {@code headDim/2} divisors of the angles, or an empty array for none
   */
  public static RopeTables compute(
      Hyperparameters h, float[] freqFactors, int positions, Arena arena) {
    int half = h.headDim() / 2;
    double[] theta = new double[half];
    for (int i = 0; i < half; i++) {
      theta[i] = StrictMath.pow(h.ropeBase(), (double) (-2 * i) / h.headDim()) * h.ropeScale();
      if (freqFactors.length > 0) {
        theta[i] /= freqFactors[i];
      }
    }
    long count = Math.multiplyExact((long) positions, half);
    MemorySegment cos = arena.allocate(ValueLayout.JAVA_FLOAT, count);
    MemorySegment sin = arena.allocate(ValueLayout.JAVA_FLOAT, count);
    for (int p = 0; p < positions; p++) {
      for (int i = 0; i < half; i++) {
        double angle = p * theta[i];
        long at = (long) p * half + i;
        cos.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) StrictMath.cos(angle));
        sin.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) StrictMath.sin(angle));
      }
    }
    return new RopeTables(positions, cos.asReadOnly(), sin.asReadOnly());
  }
}
