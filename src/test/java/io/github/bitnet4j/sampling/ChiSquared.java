package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;

/** Holds seeded draws against the distribution they should have. */
final class ChiSquared {
  private static final int DRAWS = 20_000;

  /** The 99.9 % quantiles of the chi-squared distribution by degrees of freedom. */
  private static final double[] QUANTILES_999 = {0, 10.83, 13.82, 16.27, 18.47, 20.52, 22.46};

  private ChiSquared() {}

  /**
   * Samples the same logits again and again, accepting nothing.
   *
   * @param probabilities by token id; 0 means that it must never be drawn
   */
  static void assertDrawn(double[] probabilities, MemorySegment logits, SamplerChain chain) {
    var counts = new int[probabilities.length];
    for (int i = 0; i < DRAWS; i++) {
      counts[chain.sample(logits)]++;
    }
    double chiSquared = 0;
    int possible = 0;
    for (int id = 0; id < counts.length; id++) {
      double expected = probabilities[id] * DRAWS;
      if (expected == 0) {
        assertEquals(0, counts[id], "draws of token " + id);
      } else {
        chiSquared += (counts[id] - expected) * (counts[id] - expected) / expected;
        possible++;
      }
    }
    assertTrue(chiSquared <= QUANTILES_999[possible - 1], "chi-squared is " + chiSquared);
  }
}
