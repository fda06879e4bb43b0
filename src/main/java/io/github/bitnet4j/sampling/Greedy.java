package io.github.bitnet4j.sampling;

/** Keeps the token with the highest logit; among equals the lowest id. */
public record Greedy() implements Sampler {
  @Override
  public void apply(Candidates candidates) {
    candidates.keepOnly(candidates.indexOfHighest());
  }
}
