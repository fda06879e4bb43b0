package io.github.bitnet4j.constraint;

/**
 * What finding out which tokens may follow may cost: there are grammars so ambiguous that it would
 * take forever. For one thread at a time.
 */
final class Effort {
  /** Some hundred times what free text over a large vocabulary takes; below a second. */
  private static final long MOST = 50_000_000;

  /** What adding a node or a frame counts, in steps of a walk through a trie. */
  static final int NODE = 20;

  private long left = Long.MAX_VALUE;

  /** Allows so much from now on. */
  void limit() {
    left = MOST;
  }

  void removeLimit() {
    left = Long.MAX_VALUE;
  }

  /**
   * Counts steps.
   *
   * @throws IllegalStateException if there are too many
   */
  void spend(long steps) {
    left -= steps;
    if (left < 0) {
      throw new IllegalStateException(
          "the grammar is too ambiguous: what may follow takes more than %,d steps to find out"
              .formatted(MOST));
    }
  }
}
