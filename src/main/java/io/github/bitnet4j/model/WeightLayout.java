package io.github.bitnet4j.model;

/**
 * Placement of the 2-bit codes in I2_S tensors. Nothing in a file names it, so a caller who knows
 * better than the default must say so. Codes are those of {@code bn_layout}.
 */
public enum WeightLayout {
  /**
   * Blocks of 128: the published files and everything written on x86 or by the Python converters.
   */
  BLOCK_128(0),
  /** Blocks of 64: written by bitnet.cpp's quantizer on ARM since November 2025. */
  BLOCK_64(1),
  /** Four rows to a byte: written by bitnet.cpp's quantizer built without ACT_PARALLEL. */
  ROW_4(2);

  private final int code;

  WeightLayout(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
