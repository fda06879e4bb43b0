package io.github.bitnet4j.constraint;

/**
 * Kinds of bytes that free text mostly treats alike, one bit each, so that a few bits tell what all
 * texts below a node of a trie are made of: some of ASCII, and {@link #CHARACTER}.
 */
final class ByteKinds {
  private static final int[] STARTS = {
    0, '\t', '\n', '\r' + 1, ' ', '!', '"', '"' + 1, '0', ':', 'A', '[', '\\', '\\' + 1, 'a', '{',
    0x7F
  };

  /** Characters beyond ASCII, the last of which may be cut off. */
  static final int CHARACTER = 1 << STARTS.length;

  /** Bytes beyond ASCII that are no characters. */
  static final int BROKEN = CHARACTER << 1;

  private ByteKinds() {}

  /** How many kinds of ASCII there are. */
  static int count() {
    return STARTS.length;
  }

  /** The first byte of a kind. */
  static int first(int kind) {
    return STARTS[kind];
  }

  /** The last byte of a kind. */
  static int last(int kind) {
    return kind + 1 < STARTS.length ? STARTS[kind + 1] - 1 : 0x7F;
  }

  /** The bit of the kind of a byte, 0 to 255, of which those beyond ASCII are taken together. */
  static int of(int value) {
    if (value > 0x7F) {
      return CHARACTER;
    }
    int kind = 0;
    while (last(kind) < value) {
      kind++;
    }
    return 1 << kind;
  }
}
