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

  private static final int NO_MERGE = Integer.MAX_VALUE;

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
    var slots = new int[length - 1];
    for (int i = 0; i < length - 1; i++) {
      slots[i] = merges.find(symbols[i], symbols[i + 1]);
    }
    int left = length;
    while (true) {
      int best = -1;
      int bestRank = NO_MERGE;
      for (int i = 0; i < left - 1; i++) {
        if (slots[i] != MergeTable.NONE && merges.rank(slots[i]) < bestRank) {
          bestRank = merges.rank(slots[i]);
          best = i;
        }
      }
      if (best < 0) {
        return left;
      }
      symbols[best] = merges.result(slots[best]);
      int tail = left - best - 2;
      System.arraycopy(symbols, best + 2, symbols, best + 1, tail);
      if (tail > 0) {
        System.arraycopy(slots, best + 2, slots, best + 1, tail - 1);
        slots[best] = merges.find(symbols[best], symbols[best + 1]);
      }
      left--;
      if (best > 0) {
        slots[best - 1] = merges.find(symbols[best - 1], symbols[best]);
      }
    }
  }

  /**
   * Symbols form a doubly linked list over their first positions. The heap holds (rank, position of
   * the left symbol); an entry that no longer matches the list's state is skipped when it comes up.
   */
  static int mergeByHeap(int[] symbols, int length, MergeTable merges) {
    var next = new int[length];
    var previous = new int[length];
    var candidates = new LongHeap(length);
    for (int i = 0; i < length; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
      if (i + 1 < length) {
        offer(candidates, merges, symbols, i, i + 1);
      }
    }
    while (!candidates.isEmpty()) {
      long candidate = candidates.poll();
      int at = (int) candidate;
      if (next[at] < 0 || next[at] >= length) {
        continue;
      }
      int right = next[at];
      int slot = merges.find(symbols[at], symbols[right]);
      if (slot == MergeTable.NONE || merges.rank(slot) != (int) (candidate >>> 32)) {
        continue;
      }
      symbols[at] = merges.result(slot);
      int after = next[right];
      next[at] = after;
      next[right] = -1;
      if (after < length) {
        previous[after] = at;
        offer(candidates, merges, symbols, at, after);
      }
      if (previous[at] >= 0) {
        offer(candidates, merges, symbols, previous[at], at);
      }
    }
    int left = 0;
    for (int at = 0; at < length; at = next[at]) {
      symbols[left++] = symbols[at];
    }
    return left;
  }

  private static void offer(
      LongHeap candidates, MergeTable merges, int[] symbols, int left, int right) {
    int slot = merges.find(symbols[left], symbols[right]);
    if (slot != MergeTable.NONE) {
      candidates.add((long) merges.rank(slot) << 32 | left);
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
