package io.github.bitnet4j.text;

/**
 * Merges neighbouring symbols of one piece in place, lowest rank first and leftmost among equals.
 *
 * <p>Short pieces, which nearly all are, take a scan over the ranks per merge, longer ones a {@link
 * LongPieceMerger}. Both give the same result.
 */
final class BytePairMerger {
  /** The longest piece, in symbols, that is scanned; beyond it the scans' n² outgrows a queue. */
  static final int LONGEST_SCANNED = 48;

  private BytePairMerger() {}

  /** Merges {@code symbols[0, length)}; returns how many symbols are left at the front. */
  static int merge(int[] symbols, int length, MergeTable merges) {
    return length <= LONGEST_SCANNED
        ? mergeByScan(symbols, length, merges)
        : LongPieceMerger.merge(symbols, length, merges);
  }

  static int mergeByScan(int[] symbols, int length, MergeTable merges) {
    if (length < 2) {
      return length;
    }
    var found = new long[length - 1];
    for (int i = 0; i < length - 1; i++) {
      found[i] = merges.find(symbols[i], symbols[i + 1]);
    }
    int left = length;
    while (true) {
      int best = 0;
      for (int i = 1; i < left - 1; i++) {
        if (MergeTable.rank(found[i]) < MergeTable.rank(found[best])) {
          best = i;
        }
      }
      if (found[best] == MergeTable.NONE) {
        return left;
      }
      symbols[best] = MergeTable.result(found[best]);
      left--;
      if (left < 2) {
        return left;
      }
      int tail = left - best - 1;
      System.arraycopy(symbols, best + 2, symbols, best + 1, tail);
      if (tail > 0) {
        System.arraycopy(found, best + 2, found, best + 1, tail - 1);
        found[best] = merges.find(symbols[best], symbols[best + 1]);
      }
      if (best > 0) {
        found[best - 1] = merges.find(symbols[best - 1], symbols[best]);
      }
    }
  }
}
