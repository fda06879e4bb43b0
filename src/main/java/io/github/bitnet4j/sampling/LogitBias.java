package io.github.bitnet4j.sampling;

import java.util.Map;

/**
 * Adds to the logits of given tokens: {@code lᵢ ← lᵢ + bᵢ} (the OpenAI API's {@code logit_bias}).
 * −∞ rules a token out, and +∞ forces it.
 *
 * @param biases by token id; not NaN
 */
record LogitBias(Map<Integer, Float> biases) implements Sampler {
  @Override
  public void apply(Candidates candidates) {
    biases.forEach(
        (id, bias) -> {
          if (id >= candidates.vocabularySize()) {
            throw new IllegalArgumentException(
                "There is a logit bias for token %d, but the vocabulary has 0 to %d"
                    .formatted(id, candidates.vocabularySize() - 1));
          }
          int index = candidates.indexOf(id);
          if (index >= 0) {
            candidates.setLogit(index, biased(candidates.logit(index), bias));
          }
        });
    if (candidates.logit(candidates.indexOfHighest()) == Float.NEGATIVE_INFINITY) {
      throw new IllegalArgumentException(
          "No token can follow: the logit biases rule out every token that could");
    }
  }

  /** A finite bias keeps a finite logit finite; what the model rules out stays so. */
  private static float biased(float logit, float bias) {
    if (logit == Float.NEGATIVE_INFINITY || bias == Float.NEGATIVE_INFINITY) {
      return Float.NEGATIVE_INFINITY;
    }
    return Math.max(logit + bias, -Float.MAX_VALUE);
  }
}
