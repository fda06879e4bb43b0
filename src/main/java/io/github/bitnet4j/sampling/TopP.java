package io.github.bitnet4j.sampling;

/**
 * Keeps the fewest most probable tokens whose probabilities sum to at least p: nucleus sampling
 * (Holtzman et al. 2019). Leaves the candidates sorted.
 *
 * @param p above 0, below 1
 * @param minKeep tokens to keep at least
 */
record TopP(float p, int minKeep) implements Sampler {
  /** How many of the highest it mostly takes: finding those costs less than sorting them all. */
  private static final int FIRST_LOOK = 512;

  @Override
  public void apply(Candidates candidates) {
    double total = candidates.totalWeight();
    int size = candidates.size();
    int kept = candidates.isSorted() ? 0 : reaching(candidates.highest(FIRST_LOOK), total);
    if (kept == 0) {
      kept = reaching(candidates.highest(size), total);
    }
    if (kept == 0) {
      kept = size; // rounding left the sum of all of them below p
    }
    candidates.keepHighest(Math.max(kept, minKeep));
  }

  /** How many of the highest it takes to reach p, or 0 if all of these do not. */
  private int reaching(HighestLogits highest, double total) {
    double sum = 0;
    for (int i = 0; i < highest.size(); i++) {
      sum += Exp.of((double) highest.logit(i) - highest.logit(0)) / total;
      if (sum >= p) {
        return i + 1;
      }
    }
    return 0;
  }
}
