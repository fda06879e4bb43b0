package io.github.bitnet4j.sampling;

/**
 * Keeps the fewest most probable tokens whose probabilities sum to at least p: nucleus sampling
 * (Holtzman et al. 2019). Leaves the candidates sorted, except at p = 1, which keeps all.
 *
 * @param p above 0, at most 1
 */
public record TopP(float p) implements Sampler {
  public TopP {
    Range.check(p > 0 && p <= 1, "p", "above 0 and at most 1", p);
  }

  @Override
  public void apply(Candidates candidates) {
    if (p == 1) {
      return;
    }
    candidates.sort();
    double sum = 0;
    int kept = 0;
    while (kept < candidates.size() && sum < p) {
      sum += candidates.probability(kept++);
    }
    candidates.keepHighest(kept);
  }
}
