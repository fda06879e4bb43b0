package io.github.bitnet4j.text;

import java.util.Arrays;

/**
 * Merges a long piece window by window, so that what it works on stays in the processor's cache.
 * The result is exactly that of merging the piece as a whole.
 *
 * <p>Merges beyond a window's end may reach into it. A merge that spans a boundary {@code c} begins
 * less than {@code longest} symbols before it, where {@code longest} is the length of the longest
 * symbol there is; so as long as the window makes no merge that ends in the last {@code longest}
 * symbols before {@code c}, whatever happens beyond {@code c} can only swallow symbols that begin
 * in there, and every merge that ends at or before {@code limit = c - longest} is made in the same
 * order as in the whole piece. When the next merge of the window ends after {@code limit} and joins
 * symbols at a boundary {@code b} up to {@code c}, it may or may not happen in the whole piece: it
 * is left out, and {@code c} becomes {@code b - 1}, for which all of the above holds again. At the
 * end the boundaries up to {@code limit} are those of the whole piece, and since no merge joins
 * across them, the rest can be merged by itself.
 */
final class LongPieceMerger {
  private static final int FIRST_WINDOW = 1 << 14;

  /** How many of the first boundaries in a window are tried as the period of what follows. */
  private static final int MOST_PERIODS = 64;

  private final MergeTable merges;
  private final int[] piece;
  private final int length;
  private int window;

  /** A doubly linked list of symbols over their first positions in the window. */
  private int[] symbols;

  private int[] next;
  private int[] previous;

  /** The merge of the symbol at a position with the next; {@link MergeTable#NONE} of dead ones. */
  private long[] found;

  /** Those that no longer match the list's state are skipped when they come up. */
  private RankQueue candidates;

  /** The symbols in the window before any merge. */
  private int size;

  private LongPieceMerger(int[] piece, int length, MergeTable merges) {
    this.merges = merges;
    this.piece = piece;
    this.length = length;
  }

  /** Merges {@code piece[0, length)}; returns how many symbols are left at the front. */
  static int merge(int[] piece, int length, MergeTable merges) {
    return merge(piece, length, merges, FIRST_WINDOW);
  }

  static int merge(int[] piece, int length, MergeTable merges, int firstWindow) {
    return new LongPieceMerger(piece, length, merges).merge(firstWindow);
  }

  private int merge(int firstWindow) {
    int left = 0;
    int from = 0;
    resize(Math.min(firstWindow, length));
    while (from < length) {
      size = Math.min(window, length - from);
      System.arraycopy(piece, from, symbols, 0, size);
      int settled = mergeWindow(from + size == length);
      int cut = settled;
      int times = 1;
      for (int tried = 0, at = 0; times == 1 && tried < MOST_PERIODS && at < settled; tried++) {
        at = next[at];
        times = windowsAlike(from, at);
        cut = times > 1 ? at : settled;
      }
      for (; times > 0; times--) {
        left = pack(cut, left);
        from += cut;
      }
      if (settled < window - settled && window < length) {
        resize((int) Math.min(length, 2L * window));
      }
    }
    return left;
  }

  private void resize(int symbolsInWindow) {
    window = symbolsInWindow;
    symbols = new int[window];
    next = new int[window];
    previous = new int[window];
    found = new long[window];
    candidates = new RankQueue(window);
  }

  /** Merges the window; returns where the rest of the piece can be cut off. */
  private int mergeWindow(boolean isLast) {
    candidates.clear();
    for (int at = 0; at < size; at++) {
      next[at] = at + 1;
      previous[at] = at - 1;
      findMerge(at);
    }
    int longest = merges.longestResult();
    int limit = isLast ? size : size - longest;
    while (limit > 0) {
      long candidate = candidates.poll();
      if (candidate == RankQueue.NONE) {
        break;
      }
      int at = (int) candidate;
      if (MergeTable.rank(found[at]) == (int) (candidate >>> 32)) {
        int right = next[at];
        if (next[right] <= limit) {
          merge(at, right);
        } else {
          limit = Math.min(limit, right - 1 - longest);
        }
      }
    }
    int settled = 0;
    while (settled < size && next[settled] <= limit) {
      settled = next[settled];
    }
    return settled;
  }

  private void findMerge(int at) {
    int right = next[at];
    found[at] = right < size ? merges.find(symbols[at], symbols[right]) : MergeTable.NONE;
    if (found[at] != MergeTable.NONE) {
      candidates.add(MergeTable.rank(found[at]), at);
    }
  }

  private void merge(int at, int right) {
    int after = next[right];
    symbols[at] = MergeTable.result(found[at]);
    found[right] = MergeTable.NONE;
    next[at] = after;
    if (after < size) {
      previous[after] = at;
    }
    findMerge(at);
    if (previous[at] >= 0) {
      findMerge(previous[at]);
    }
  }

  /**
   * How many windows that begin at {@code from} and every {@code period} symbols after it hold the
   * same before any merge: they settle alike. Of text with a short period, only one is merged.
   */
  private int windowsAlike(int from, int period) {
    int differs = Arrays.mismatch(piece, from, length - period, piece, from + period, length);
    int alike = differs < 0 ? length - period - from : differs;
    return alike < size ? 1 : (alike - size) / period + 2;
  }

  /** Writes the symbols of {@code window[0, end)} at {@code left}; returns where they end. */
  private int pack(int end, int left) {
    int to = left;
    for (int at = 0; at < end; at = next[at]) {
      piece[to++] = symbols[at];
    }
    return to;
  }
}
