package io.github.bitnet4j.sampling;

/**
 * Keeps the tokens whose logit is at least {@code max l − n σ}, where σ is the standard deviation
 * of the finite logits (Tang et al. 2024). The temperature makes no difference to which those are.
 *
 * @param n above 0
 * @param minKeep tokens to keep at least
 */
record TopNSigma(float n, int minKeep) implements Sampler {
  @Override
  public void apply(Candidates candidates) {
    int finite = 0;
    double sum = 0;
    for (int i = 0; i < candidates.size(); i++) {
      float logit = candidates.logit(i);
      if (logit > Float.NEGATIVE_INFINITY) {
        sum += logit;
        finite++;
      }
    }
    double mean = sum / finite;
    double squares = 0;
    for (int i = 0; i < candidates.size(); i++) {
      float logit = candidates.logit(i);
      if (logit > Float.NEGATIVE_INFINITY) {
        squares += (logit - mean) * (logit - mean);
      }
    }
    double deviation = Math.sqrt(squares / finite);
    double highest = candidates.logit(candidates.indexOfHighest());
    candidates.keepLogitsFrom(highest - n * deviation, minKeep);
  }
}
