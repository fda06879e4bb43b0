package io.github.bitnet4j.sampling;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Draws one token by its probability. Each draw takes one number u of 53 bits, uniform in [0, 1),
 * from the generator {@code L64X128MixRandom} (LXM; Steele and Vigna 2021) and keeps the first
 * candidate at which the running sum of probabilities exceeds u. Stateful: belongs to one sequence.
 */
public final class Draw implements Sampler {
  private static final String GENERATOR = "L64X128MixRandom";

  private final RandomGenerator random;

  /** A sequence of draws fixed by {@code seed}. */
  public Draw(long seed) {
    this.random = RandomGeneratorFactory.of(GENERATOR).create(seed);
  }

  @Override
  public void apply(Candidates candidates) {
    double u = (random.nextLong() >>> 11) * 0x1p-53;
    double sum = 0;
    int drawn = candidates.indexOfHighest();
    for (int i = 0; i < candidates.size(); i++) {
      sum += candidates.probability(i);
      if (sum > u) {
        drawn = i;
        break;
      }
    }
    candidates.keepOnly(drawn);
  }
}
