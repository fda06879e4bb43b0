package io.github.bitnet4j.constraint;

/**
 * Tokens by their number of bytes. Short tokens cannot tell a long repetition from an endless one,
 * so that all long ones share what is found out about them.
 */
enum Reach {
  SHORT(8),
  MIDDLE(16),
  LONG(Integer.MAX_VALUE);

  /** The most bytes of a token. */
  final int bytes;

  Reach(int bytes) {
    this.bytes = bytes;
  }

  static Reach of(int bytes) {
    return bytes <= SHORT.bytes ? SHORT : bytes <= MIDDLE.bytes ? MIDDLE : LONG;
  }
}
