package io.github.bitnet4j.sampling;

/**
 * Keeps tokens at least p times as probable as the most probable one: {@code lᵢ ≥ max l + ln p}
 * (Nguyen et al. 2024).
 *
 * @param p above 0, at most 1, which keeps the most probable
 * @param minKeep tokens to keep at least
 */
record MinP(float p, int minKeep) implements Sampler {
  @Override
  public void apply(Candidates candidates) {
    double highest = candidates.logit(candidates.indexOfHighest());
    candidates.keepLogitsFrom(highest + StrictMath.log(p), minKeep);
  }
}
