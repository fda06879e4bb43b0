package io.github.bitnet4j.text;

/**
 * From text to its number, for texts numbered from 0: an open-addressing hash table, at most half
 * full, that looks up a range of chars without making a string of it. The lowest number wins where
 * a text occurs twice. Immutable and thread-safe.
 */
final class TextIndex {
  /** What {@link #find} returns for a text that has no number. */
  static final int NONE = -1;

  private final String[] texts;

  /** For each slot the hash of a text, above its number plus one; 0 where there is none. */
  private final long[] entries;

  private final int mask;

  /** An index of {@code texts}, which must not change afterwards. */
  TextIndex(String[] texts) {
    this.texts = texts;
    entries = new long[Integer.highestOneBit(Math.max(8, texts.length)) * 4];
    mask = entries.length - 1;
    for (int number = 0; number < texts.length; number++) {
      int hash = texts[number].hashCode();
      int slot = spread(hash);
      while (entries[slot] != 0 && !texts[number(entries[slot])].equals(texts[number])) {
        slot = slot + 1 & mask;
      }
      if (entries[slot] == 0) {
        entries[slot] = (long) hash << 32 | number + 1;
      }
    }
  }

  /** The number of the text {@code chars[from, to)}, or {@link #NONE}. */
  int find(char[] chars, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + chars[i];
    }
    int slot = spread(hash);
    while (entries[slot] != 0) {
      int number = number(entries[slot]);
      if (entries[slot] >> 32 == hash && equal(texts[number], chars, from, to)) {
        return number;
      }
      slot = slot + 1 & mask;
    }
    return NONE;
  }

  /** The number of {@code text}, or {@link #NONE}. */
  int find(String text) {
    return find(text.toCharArray(), 0, text.length());
  }

  private static int number(long entry) {
    return (int) entry - 1;
  }

  private int spread(int hash) {
    return (hash * 0x9E3779B9 >>> 7) & mask;
  }

  private static boolean equal(String text, char[] chars, int from, int to) {
    if (text.length() != to - from) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (text.charAt(i - from) != chars[i]) {
        return false;
      }
    }
    return true;
  }
}
