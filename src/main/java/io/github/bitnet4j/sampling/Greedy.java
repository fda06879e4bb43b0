package io.github.bitnet4j.sampling;

/** Takes the token with the highest logit, among equals the lowest id, and leaves it alone. */
record Greedy() implements Choice {
  @Override
  public int choose(Candidates candidates) {
    candidates.keepOnly(candidates.indexOfHighest());
    return 0;
  }
}
