package io.github.bitnet4j.sampling;

/**
 * Keeps tokens at least p times as probable as the most probable one: {@code lᵢ ≥ max l + ln p}
 * (Nguyen et al. 2024).
 *
 * @param p from 0, which keeps all, to 1, which keeps the most probable
 */
public record MinP(float p) implements Sampler {
  public MinP {
    Range.check(p >= 0 && p <= 1, "p", "0 to 1", p);
  }

  @Override
  public void apply(Candidates candidates) {
    if (p > 0) {
      double highest = candidates.logit(candidates.indexOfHighest());
      candidates.keepLogitsFrom(highest + StrictMath.log(p));
    }
  }
}
