package io.github.bitnet4j.constraint;

import io.github.bitnet4j.sampling.Candidates;
import java.util.Arrays;

/** A set of token ids: listed where they are few, else one bit each. Immutable. */
final class TokenMask {
  /** Up to one id in so many, they are listed. */
  private static final int SPARSE = 64;

  private final int[] ids;
  private final long[] bits;
  private final int size;

  private TokenMask(int[] ids, long[] bits, int size) {
    this.ids = ids;
    this.bits = bits;
    this.size = size;
  }

  /** The ids whose bits are set; {@code bits} may be changed afterwards. */
  static TokenMask of(long[] bits) {
    int size = 0;
    for (long word : bits) {
      size += Long.bitCount(word);
    }
    if (size > (long) bits.length * Long.SIZE / SPARSE) {
      return new TokenMask(new int[0], bits.clone(), size);
    }
    var ids = new int[size];
    int n = 0;
    for (int word = 0; word < bits.length; word++) {
      for (long rest = bits[word]; rest != 0; rest &= rest - 1) {
        ids[n++] = word * Long.SIZE + Long.numberOfTrailingZeros(rest);
      }
    }
    return new TokenMask(ids, new long[0], size);
  }

  /** Sets the bits of these ids. */
  void addTo(long[] target) {
    for (int id : ids) {
      target[id >> 6] |= 1L << id;
    }
    for (int word = 0; word < bits.length; word++) {
      target[word] |= bits[word];
    }
  }

  int size() {
    return size;
  }

  boolean contains(int id) {
    return bits.length > 0 ? (bits[id >> 6] & 1L << id) != 0 : Arrays.binarySearch(ids, id) >= 0;
  }

  /** The ids, rising. */
  int[] toArray() {
    return bits.length > 0 ? java.util.BitSet.valueOf(bits).stream().toArray() : ids.clone();
  }

  /** Keeps the candidates whose ids are in this set. */
  void apply(Candidates candidates) {
    if (bits.length > 0) {
      candidates.keepTokens(bits);
    } else {
      candidates.keepTokens(ids);
    }
  }
}
