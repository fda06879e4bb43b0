package io.github.bitnet4j.text;

import java.util.Arrays;

/**
 * Remembers the tokens of short pieces of text, of which a few thousand make up most of any text.
 *
 * <p>A fixed number of places, two per piece; a piece that finds both taken displaces one. Safe for
 * many threads without locks: an entry never changes, so a race can only lose one, and a lost entry
 * costs time, never a result.
 */
final class PieceCache {
  /** The longest piece, in chars, that is remembered. */
  private static final int LONGEST_PIECE = 24;

  private static final int PLACES = 1 << 15;

  private final Entry[] entries = new Entry[PLACES];

  /** A piece and its tokens. The fields are final, so other threads see all of it or none. */
  private static final class Entry {
    final int hash;
    final char[] piece;
    final int[] tokens;

    Entry(int hash, char[] piece, int[] tokens) {
      this.hash = hash;
      this.piece = piece;
      this.tokens = tokens;
    }

    boolean isFor(int wantedHash, char[] text, int start, int end) {
      int length = end - start;
      if (hash != wantedHash || piece.length != length) {
        return false;
      }
      for (int i = 0; i < length; i++) {
        if (piece[i] != text[start + i]) {
          return false;
        }
      }
      return true;
    }
  }

  /** Appends the tokens of the piece {@code text[start, end)} to {@code out}. */
  @FunctionalInterface
  interface PieceEncoder {
    void encode(char[] text, int start, int end, IntList out);
  }

  /**
   * Appends the tokens of the piece {@code text[start, end)} to {@code out}: those remembered, else
   * those that {@code encoder} makes of it, always the same for the same piece.
   */
  void append(char[] text, int start, int end, IntList out, PieceEncoder encoder) {
    if (end - start > LONGEST_PIECE) {
      encoder.encode(text, start, end, out);
      return;
    }
    int hash = hash(text, start, end);
    if (!appendKnown(text, start, end, hash, out)) {
      int before = out.size();
      encoder.encode(text, start, end, out);
      put(text, start, end, hash, out.toArray(before));
    }
  }

  private static int hash(char[] text, int start, int end) {
    int hash = end - start;
    for (int i = start; i < end; i++) {
      hash = hash * 31 + text[i];
    }
    hash *= 0x9E3779B9;
    return hash ^ hash >>> 15;
  }

  /** Returns whether the tokens are known, and were appended. */
  private boolean appendKnown(char[] text, int start, int end, int hash, IntList out) {
    int place = hash & PLACES - 1;
    var entry = entries[place];
    if (entry == null || !entry.isFor(hash, text, start, end)) {
      entry = entries[place ^ 1];
      if (entry == null || !entry.isFor(hash, text, start, end)) {
        return false;
      }
    }
    out.addAll(entry.tokens);
    return true;
  }

  private void put(char[] text, int start, int end, int hash, int[] tokens) {
    int place = hash & PLACES - 1;
    if (entries[place] != null) {
      entries[place ^ 1] = entries[place];
    }
    var piece = Arrays.copyOfRange(text, start, end);
    entries[place] = new Entry(hash, piece, tokens);
  }
}
