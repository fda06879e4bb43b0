package io.github.bitnet4j.sampling;

/**
 * Keeps the k tokens with the highest logits (Fan, Lewis, Dauphin 2018); ties go to lower ids.
 *
 * @param k at least 1
 */
public record TopK(int k) implements Sampler {
  public TopK {
    Range.check(k >= 1, "k", "at least 1", k);
  }

  @Override
  public void apply(Candidates candidates) {
    candidates.keepHighest(k);
  }
}
