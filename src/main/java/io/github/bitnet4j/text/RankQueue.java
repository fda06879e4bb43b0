package io.github.bitnet4j.text;

import java.util.Arrays;

/**
 * Merges that may be made, in the order they are to be: lowest rank first, leftmost among equals.
 *
 * <p>A radix heap of base 64. A list holds the items whose rank has the same highest digit that
 * differs from the rank reached so far, so an item moves at most once per digit from one list to
 * the end of another, and those of one rank come out together. What is added at or below the rank
 * reached, which in most vocabularies is nothing, waits in a binary heap.
 */
final class RankQueue {
  /** What {@link #poll} returns when nothing is left. */
  static final long NONE = Long.MAX_VALUE;

  private static final int DIGIT_BITS = 6;
  private static final int DIGITS = 1 << DIGIT_BITS;
  private static final int LEVELS = (Integer.SIZE + DIGIT_BITS - 1) / DIGIT_BITS;

  /** With fewer items, the lists cost more than the heap that takes their place. */
  private static final int FEWEST_FOR_LISTS = 1024;

  /** By level, which is the place of the digit that differs, and digit. */
  private final long[][] lists;

  private final int[] sizes;

  /** For each level a bit for every digit whose list is not empty. */
  private final long[] filled = new long[LEVELS];

  /** The rank reached, plus 1. */
  private int reached;

  /** The items of the rank reached, leftmost first. */
  private long[] run = new long[0];

  private int runAt;
  private int runEnd;
  private final LongHeap late = new LongHeap();

  /** A queue for about {@code expectedItems}. */
  RankQueue(int expectedItems) {
    int count = expectedItems < FEWEST_FOR_LISTS ? 0 : LEVELS * DIGITS;
    lists = new long[count][];
    sizes = new int[count];
    clear();
  }

  void clear() {
    Arrays.fill(sizes, 0);
    Arrays.fill(filled, 0);
    runAt = 0;
    runEnd = 0;
    late.clear();
    reached = lists.length == 0 ? Integer.MAX_VALUE : 0;
  }

  /** Adds the merge of rank {@code rank}, at least 0, of the symbol at {@code position}. */
  void add(int rank, int position) {
    long item = (long) rank << 32 | position;
    if (rank < reached) {
      late.add(item);
    } else {
      put(rank + 1, item);
    }
  }

  /** Takes the first item, its rank above its position, or {@link #NONE}. */
  long poll() {
    if (runAt == runEnd && late.isEmpty() && !advance()) {
      return NONE;
    }
    if (!late.isEmpty() && (runAt == runEnd || late.peek() < run[runAt])) {
      return late.poll();
    }
    return run[runAt++];
  }

  /** Puts an item into the list for its rank plus 1, which is not below {@link #reached}. */
  private void put(int key, long item) {
    int level = (Integer.SIZE - 1 - Integer.numberOfLeadingZeros(key ^ reached)) / DIGIT_BITS;
    int digit = key >>> level * DIGIT_BITS & DIGITS - 1;
    int list = level * DIGITS + digit;
    int size = sizes[list]++;
    if (size == 0) {
      filled[level] |= 1L << digit;
    }
    if (lists[list] == null) {
      lists[list] = new long[16];
    } else if (size == lists[list].length) {
      lists[list] = Arrays.copyOf(lists[list], Math.multiplyExact(size, 2));
    }
    lists[list][size] = item;
  }

  /** Goes on to the next rank that has items; returns whether there is one. */
  private boolean advance() {
    int level = firstFilled();
    while (level > 0 && level < LEVELS) {
      spread(level);
      level = firstFilled();
    }
    if (level == LEVELS) {
      return false;
    }
    int list = takeFirst(0);
    var emptied = run;
    run = lists[list];
    runAt = 0;
    runEnd = sizes[list];
    lists[list] = emptied.length == 0 ? null : emptied;
    sizes[list] = 0;
    for (int i = 1; i < runEnd; i++) {
      if (run[i - 1] > run[i]) {
        Arrays.sort(run, 0, runEnd);
        break;
      }
    }
    return true;
  }

  private int firstFilled() {
    int level = 0;
    while (level < LEVELS && filled[level] == 0) {
      level++;
    }
    return level;
  }

  /** Moves the first list of a level to those of lower levels. */
  private void spread(int level) {
    int list = takeFirst(level);
    int size = sizes[list];
    sizes[list] = 0;
    for (int i = 0; i < size; i++) {
      long item = lists[list][i];
      put((int) (item >>> 32) + 1, item);
    }
  }

  /** Goes on to the least rank that the first list of a level may hold; returns the list. */
  private int takeFirst(int level) {
    int digit = Long.numberOfTrailingZeros(filled[level]);
    filled[level] &= filled[level] - 1;
    int shift = level * DIGIT_BITS;
    reached = (reached >>> shift & -DIGITS | digit) << shift;
    return level * DIGITS + digit;
  }
}
