package io.github.bitnet4j.text;

import java.util.Arrays;

/**
 * From a pair of symbols to the rank and result of their merge: an open-addressing hash table, at
 * most half full. Not changed after construction by its owner, so safe for many threads.
 */
final class MergeTable {
  /** What {@link #find} returns for a pair that is never merged. */
  static final int NONE = -1;

  private static final long EMPTY = -1;

  private final long[] pairs;
  private final int[] ranks;
  private final int[] results;
  private final int mask;

  MergeTable(int expectedMerges) {
    int capacity = Integer.highestOneBit(Math.max(8, expectedMerges)) * 4;
    pairs = new long[capacity];
    ranks = new int[capacity];
    results = new int[capacity];
    mask = capacity - 1;
    Arrays.fill(pairs, EMPTY);
  }

  void putIfAbsent(int left, int right, int rank, int result) {
    long pair = pair(left, right);
    int slot = slot(pair);
    if (pairs[slot] == EMPTY) {
      pairs[slot] = pair;
      ranks[slot] = rank;
      results[slot] = result;
    }
  }

  /** The slot of the pair's merge for {@link #rank} and {@link #result}, or {@link #NONE}. */
  int find(int left, int right) {
    long pair = pair(left, right);
    int slot = slot(pair);
    return pairs[slot] == pair ? slot : NONE;
  }

  /** The position of the merge in the vocabulary's list; the lowest goes first. */
  int rank(int slot) {
    return ranks[slot];
  }

  /** The symbol that replaces the pair. */
  int result(int slot) {
    return results[slot];
  }

  private int slot(long pair) {
    long hash = pair * 0x9E3779B97F4A7C15L;
    int slot = (int) (hash >>> 32) & mask;
    while (pairs[slot] != EMPTY && pairs[slot] != pair) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }
}
