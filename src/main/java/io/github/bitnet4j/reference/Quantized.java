package io.github.bitnet4j.reference;

import java.util.Arrays;

/**
 * One token's activations in 8 bits: {@code x[i]} is about {@code values[i] / scale}.
 *
 * @param values {@code [n]}, -127 to 127
 * @param scale what {@code x} was multiplied by
 */
record Quantized(byte[] values, float scale) {
  /** Keeps the scale finite for a row of zeros. */
  private static final double LEAST_MAXIMUM = 1e-5;

  private static final double STEPS = 127;

  /**
   * Quantises a row {@code x[n]} by its largest magnitude. NaN becomes 0; an infinity makes the
   * scale 0 and so every value 0.
   *
   * <p>Source: native/ARITHMETIC.md, "Activation quantisation".
   */
  static Quantized of(float[] x) {
    float max = 0;
    for (float v : x) {
      float magnitude = Math.abs(v);
      max = magnitude > max ? magnitude : max;
    }
    float scale = (float) (STEPS / Math.max(LEAST_MAXIMUM, (double) max));
    byte[] values = new byte[x.length];
    for (int i = 0; i < x.length; i++) {
      float product = x[i] * scale;
      values[i] = Float.isNaN(product) ? 0 : (byte) Math.rint(product);
    }
    return new Quantized(values, scale);
  }

  /** Quantises every {@code size} elements of {@code x} by themselves; its length is a multiple. */
  static Quantized[] blocksOf(float[] x, int size) {
    Quantized[] blocks = new Quantized[x.length / size];
    Arrays.setAll(blocks, b -> of(Arrays.copyOfRange(x, b * size, (b + 1) * size)));
    return blocks;
  }
}
