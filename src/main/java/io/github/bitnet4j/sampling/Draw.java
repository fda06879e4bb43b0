package io.github.bitnet4j.sampling;

import java.util.random.RandomGenerator;

/**
 * Draws one token by its probability. Each draw takes one number u, uniform in [0, 1), from its
 * generator and chooses the first candidate at which the running sum of probabilities exceeds u.
 * Stateful: belongs to one sequence.
 */
final class Draw implements Choice {
  private final RandomGenerator random;

  /** A sequence of draws fixed by {@code seed}. */
  Draw(long seed) {
    this.random = Uniform.generator(seed);
  }

  @Override
  public int choose(Candidates candidates) {
    double u = Uniform.next(random);
    double sum = 0;
    for (int i = 0; i < candidates.size(); i++) {
      sum += candidates.probability(i);
      if (sum > u) {
        return i;
      }
    }
    return candidates.indexOfHighest(); // rounding left the sum of all of them at or below u
  }
}
