package io.github.bitnet4j.text;

import java.util.Arrays;

/**
 * From a pair of symbols to the rank and result of their merge: an open-addressing hash table, at
 * most half full. Not changed after construction by its owner, so safe for many threads.
 *
 * <p>A merge is one {@code long}, so that comparing merges compares their ranks first, and lies
 * beside its pair: a look-up seldom reads more than one line of the cache. Most look-ups find
 * nothing, and most of those end at a filter that is small enough for the cache.
 */
final class MergeTable {
  /** What {@link #find} returns for a pair that is never merged: more than any merge. */
  static final long NONE = Long.MAX_VALUE;

  private static final long EMPTY = -1;

  /** At {@code 2 * slot} the pair, then its merge. */
  private final long[] entries;

  private final int mask;

  /** Four bits per slot, one of them set for every pair. */
  private final long[] filter;

  private int longestResult;

  MergeTable(int expectedMerges) {
    int capacity = Integer.highestOneBit(Math.max(8, expectedMerges)) * 4;
    entries = new long[2 * capacity];
    mask = capacity - 1;
    filter = new long[capacity / 16];
    Arrays.fill(entries, EMPTY);
  }

  /**
   * Adds a merge unless the pair has one.
   *
   * @param length the length of {@code result} in symbols before any merge, or more
   */
  void putIfAbsent(int left, int right, int rank, int result, int length) {
    long pair = pair(left, right);
    int hash = hash(pair);
    int at = at(pair, hash);
    if (entries[at] == EMPTY) {
      longestResult = Math.max(longestResult, length);
      filter[filterWord(hash)] |= 1L << hash;
      entries[at] = pair;
      entries[at + 1] = (long) rank << 32 | result;
    }
  }

  /** The merge of the pair, for {@link #rank} and {@link #result}, or {@link #NONE}. */
  long find(int left, int right) {
    long pair = pair(left, right);
    int hash = hash(pair);
    if ((filter[filterWord(hash)] >>> hash & 1) == 0) {
      return NONE;
    }
    int at = at(pair, hash);
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

  /** The length of the longest result, in symbols before any merge, or more. */
  int longestResult() {
    return longestResult;
  }

  private static int hash(long pair) {
    return (int) (pair * 0x9E3779B97F4A7C15L >>> 32);
  }

  private int filterWord(int hash) {
    return hash >>> 6 & filter.length - 1;
  }

  private int at(long pair, int hash) {
    int slot = hash & mask;
    while (entries[2 * slot] != EMPTY && entries[2 * slot] != pair) {
      slot = slot + 1 & mask;
    }
    return 2 * slot;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }
}
