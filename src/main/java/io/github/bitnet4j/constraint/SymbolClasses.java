package io.github.bitnet4j.constraint;

import java.util.BitSet;

/** Symbols, which are bytes and named tokens, that no terminal tells apart are one class. */
final class SymbolClasses {
  private final short[] classOf;
  private final int count;

  /**
   * The classes between the starts of ranges.
   *
   * @param starts the first symbol of each range, and the first after it
   * @param symbols how many there are
   */
  SymbolClasses(BitSet starts, int symbols) {
    classOf = new short[symbols];
    int current = 0;
    for (int value = 1; value < symbols; value++) {
      current += starts.get(value) ? 1 : 0;
      classOf[value] = (short) current;
    }
    count = current + 1;
  }

  int of(int symbol) {
    return classOf[symbol];
  }

  /** How many classes there are. */
  int count() {
    return count;
  }

  /** How many symbols there are. */
  int symbols() {
    return classOf.length;
  }
}
