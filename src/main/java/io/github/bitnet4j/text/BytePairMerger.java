package io.github.bitnet4j.text;

import java.util.Arrays;

/**
 * Merges neighbouring symbols of one piece in place, lowest rank first and leftmost among equals.
 *
 * <p>Short pieces, which nearly all are, take a scan over the ranks per merge; longer ones a linked
 * list with a heap of candidate pairs, n log n in all. Both give the same result.
 */
final class BytePairMerger {
  /** The longest piece, in symbols, that is scanned; beyond it the scans' n² outgrows the heap. */
  static final int LONGEST_SCANNED = 48;

  private BytePairMerger() {}

  /** Merges {@code symbols[0, length)}; returns how many symbols are left at the front. */
  static int merge(int[] symbols, int length, MergeTable merges) {
    return length <= LONGEST_SCANNED
        ? mergeByScan(symbols, length, merges)
        : mergeByHeap(symbols, length, merges);
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

  /**
   * Symbols form a doubly linked list over their first positions. The heap holds (rank, position of
   * the left symbol); an entry that no longer matches the list's state is skipped when it comes up.
   */
  static int mergeByHeap(int[] symbols, int length, MergeTable merges) {
    var list = new Symbols(symbols, length, merges);
    var candidates = new LongHeap(length);
    for (int at = 0; at < length; at++) {
      list.findMerge(at, candidates);
    }
    while (!candidates.isEmpty()) {
      long candidate = candidates.poll();
      int at = (int) candidate;
      if (MergeTable.rank(list.found[at]) == (int) (candidate >>> 32)) {
        list.merge(at, candidates);
      }
    }
    return list.pack();
  }

  private static final class Symbols {
    private final int[] symbols;
    private final int length;
    private final MergeTable merges;
    private final int[] next;
    private final int[] previous;

    /**
     * The merge of the symbol at a position with the next; {@link MergeTable#NONE} of dead ones.
     */
    private final long[] found;

    Symbols(int[] symbols, int length, MergeTable merges) {
      this.symbols = symbols;
      this.length = length;
      this.merges = merges;
      next = new int[length];
      previous = new int[length];
      found = new long[length];
      for (int i = 0; i < length; i++) {
        next[i] = i + 1;
        previous[i] = i - 1;
      }
    }

    void findMerge(int at, LongHeap candidates) {
      int right = next[at];
      found[at] = right < length ? merges.find(symbols[at], symbols[right]) : MergeTable.NONE;
      if (found[at] != MergeTable.NONE) {
        candidates.add((long) MergeTable.rank(found[at]) << 32 | at);
      }
    }

    void merge(int at, LongHeap candidates) {
      int right = next[at];
      int after = next[right];
      symbols[at] = MergeTable.result(found[at]);
      found[right] = MergeTable.NONE;
      next[at] = after;
      if (after < length) {
        previous[after] = at;
      }
      findMerge(at, candidates);
      if (previous[at] >= 0) {
        findMerge(previous[at], candidates);
      }
    }

    int pack() {
      int left = 0;
      for (int at = 0; at < length; at = next[at]) {
        symbols[left++] = symbols[at];
      }
      return left;
    }
  }

  /** A binary min-heap of non-negative {@code long}. */
  private static final class LongHeap {
    private long[] items;
    private int size;

    LongHeap(int capacity) {
      items = new long[capacity];
    }

    boolean isEmpty() {
      return size == 0;
    }

    void add(long item) {
      if (size == items.length) {
        items = Arrays.copyOf(items, Math.multiplyExact(size, 2));
      }
      int at = size++;
      while (at > 0 && items[at - 1 >>> 1] > item) {
        items[at] = items[at - 1 >>> 1];
        at = at - 1 >>> 1;
      }
      items[at] = item;
    }

    long poll() {
      long least = items[0];
      long last = items[--size];
      int at = 0;
      while (2 * at + 1 < size) {
        int child = 2 * at + 1;
        if (child + 1 < size && items[child + 1] < items[child]) {
          child++;
        }
        if (items[child] >= last) {
          break;
        }
        items[at] = items[child];
        at = child;
      }
      items[at] = last;
      return least;
    }
  }
}
