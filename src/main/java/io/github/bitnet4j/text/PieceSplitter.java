package io.github.bitnet4j.text;

/**
 * What a {@link PreTokenizer}'s expressions do to a text, worked out by hand and in linear time.
 * Where a piece ends depends on nothing before it. Implementations are immutable and thread-safe.
 */
interface PieceSplitter {
  /** The end of the piece that begins at {@code start} in a text that ends at {@code limit}. */
  int pieceEnd(char[] text, int start, int limit);
}
