package io.github.bitnet4j.sampling;

/**
 * Keeps the k tokens with the highest logits (Fan, Lewis, Dauphin 2018); ties go to lower ids.
 *
 * @param k at least 1
 * @param minKeep tokens to keep at least
 */
record TopK(int k, int minKeep) implements Sampler {
  @Override
  public void apply(Candidates candidates) {
    candidates.keepHighest(Math.max(k, minKeep));
  }
}
