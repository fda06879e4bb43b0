package io.github.bitnet4j.sampling;

/** The last step of a chain: takes one of the candidates that are left. */
interface Choice {
  /**
   * Chooses a candidate, and may first narrow them further.
   *
   * @return its index
   */
  int choose(Candidates candidates);

  /** Forgets the text so far; a random sequence goes on. */
  default void reset() {}
}
