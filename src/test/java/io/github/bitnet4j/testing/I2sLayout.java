package io.github.bitnet4j.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The three placements of 2-bit codes that I2_S tensors are found in, as an encoder. */
public enum I2sLayout {
  /** Blocks of 128 weights in 32 bytes; the published one. */
  L1,
  /** Blocks of 64 weights in 16 bytes. */
  L2,
  /** Four rows to a byte. */
  L3;

  /**
   * The bytes of a tensor: packed codes, the scale, 28 zero bytes.
   *
   * @param codes row-major, each 0 (for -1), 1 (for 0), 2 (for +1) or the unused 3
   * @param columns length of a row
   */
  public byte[] encode(byte[] codes, int columns, float scale) {
    int block =
        switch (this) {
          case L1 -> 128;
          case L2 -> 64;
          case L3 -> 4 * columns;
        };
    if (codes.length % block != 0) {
      throw new IllegalArgumentException(
          "%d weights are no multiple of %d".formatted(codes.length, block));
    }
    // In every layout a byte's four codes are a quarter block apart, the first in its top bits.
    int quarter = block / 4;
    var out = new byte[codes.length / 4 + 32];
    for (int i = 0; i < codes.length; i++) {
      int inBlock = i % block;
      int shift = 6 - 2 * (inBlock / quarter);
      out[i / block * quarter + inBlock % quarter] |= (byte) (codes[i] << shift);
    }
    ByteBuffer.wrap(out).order(ByteOrder.LITTLE_ENDIAN).putFloat(codes.length / 4, scale);
    return out;
  }
}
