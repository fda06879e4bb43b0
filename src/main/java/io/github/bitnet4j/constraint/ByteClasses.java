package io.github.bitnet4j.constraint;

import java.util.BitSet;

/** Bytes that no terminal of a grammar tells apart are one class. */
final class ByteClasses {
  private static final int BYTES = 256;

  private final byte[] classOf = new byte[BYTES];
  private final int count;

  /**
   * The classes between the starts of ranges.
   *
   * @param starts the first byte of each range, and the first after it
   */
  ByteClasses(BitSet starts) {
    int current = 0;
    for (int value = 1; value < BYTES; value++) {
      current += starts.get(value) ? 1 : 0;
      classOf[value] = (byte) current;
    }
    count = current + 1;
  }

  int of(int value) {
    return classOf[value] & 0xFF;
  }

  int count() {
    return count;
  }
}
