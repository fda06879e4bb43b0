package io.github.bitnet4j.sampling;

import java.util.random.RandomGenerator;

/**
 * "Exclude top choices": with a given probability, removes all tokens of at least the threshold's
 * probability but the least probable of them (p-e-w 2024, text-generation-webui pull request 6335);
 * nothing is removed where fewer than {@code minKeep} would be left. Stateful: belongs to one
 * sequence; each call takes one number from its generator.
 */
final class Xtc implements Sampler {
  private final XtcOptions options;
  private final int minKeep;
  private final RandomGenerator random;

  /**
   * Chances fixed by {@code seed}.
   *
   * @param minKeep tokens to keep at least
   */
  Xtc(XtcOptions options, int minKeep, long seed) {
    this.options = options;
    this.minKeep = minKeep;
    this.random = Uniform.generator(seed);
  }

  @Override
  public void apply(Candidates candidates) {
    if (Uniform.next(random) >= options.probability()) {
      return;
    }
    int size = candidates.size();
    int likely = 0;
    int last = -1;
    for (int i = 0; i < size; i++) {
      if (isLikely(candidates, i)) {
        likely++;
        if (last < 0 || comesAfter(candidates, i, last)) {
          last = i;
        }
      }
    }
    if (likely > 1 && size - (likely - 1) >= minKeep) {
      int spared = last;
      candidates.keepIf(i -> i == spared || !isLikely(candidates, i));
    }
  }

  /** At a threshold of 0 too, what is impossible is none of the most probable. */
  private boolean isLikely(Candidates candidates, int index) {
    double probability = candidates.probability(index);
    return probability > 0 && probability >= options.threshold();
  }

  /** Whether the candidate at {@code index} would be sorted after the one at {@code other}. */
  private static boolean comesAfter(Candidates candidates, int index, int other) {
    float logit = candidates.logit(index);
    float otherLogit = candidates.logit(other);
    return logit < otherLogit || logit == otherLogit && candidates.id(index) > candidates.id(other);
  }
}
