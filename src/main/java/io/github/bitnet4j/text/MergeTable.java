package io.github.bitnet4j.text;

import java.util.Arrays;

/**
 * From a pair of symbols to the rank and result of their merge: an open-addressing hash table, at
 * most half full. Not changed after construction by its owner, so safe for many threads.
 *
 * <p>A merge is one {@code long}, so that comparing merges compares their ranks first, and lies
 * beside its pair: a look-up seldom reads more than one line of the cache.
 */
final class MergeTable {
  /** What {@link #find} returns for a pair that is never merged: more than any merge. */
  static final long NONE = Long.MAX_VALUE;

  private static final long EMPTY = -1;

  /** At {@code 2 * slot} the pair, then its merge. */
  private final long[] entries;

  private final int mask;

  MergeTable(int expectedMerges) {
    int capacity = Integer.highestOneBit(Math.max(8, expectedMerges)) * 4;
    entries = new long[2 * capacity];
    mask = capacity - 1;
    Arrays.fill(entries, EMPTY);
  }

  void putIfAbsent(int left, int right, int rank, int result) {
    long pair = pair(left, right);
    int at = at(pair);
    if (entries[at] == EMPTY) {
      entries[at] = pair;
      entries[at + 1] = (long) rank << 32 | result;
    }
  }

  /** The merge of the pair, for {@link #rank} and {@link #result}, or {@link #NONE}. */
  long find(int left, int right) {
    long pair = pair(left, right);
    int at = at(pair);
    return entries[at] == pair ? entries[at + 1] : NONE;
  }

  /** The position of the merge in the vocabulary's list; the lowest goes first. */
  static int rank(long merge) {
    return (int) (merge >>> 32);
  }

  /** The symbol that replaces the pair. */
  static int result(long merge) {
    return (int) merge;
  }

  private int at(long pair) {
    long hash = pair * 0x9E3779B97F4A7C15L;
    int slot = (int) (hash >>> 32) & mask;
    while (entries[2 * slot] != EMPTY && entries[2 * slot] != pair) {
      slot = slot + 1 & mask;
    }
    return 2 * slot;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }
}
