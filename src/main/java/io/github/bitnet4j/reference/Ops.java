package io.github.bitnet4j.reference;

import io.github.bitnet4j.model.Activation;

/**
 * The small steps of a forward pass on one token, each in the order of operations that
 * native/ARITHMETIC.md fixes. Every float operation rounds once; {@code fma} stands only where it
 * is written. Arguments are never changed; results are new arrays.
 */
final class Ops {
  private Ops() {}

  /**
   * RMS norm: {@code x[n]} divided by the root of its mean square, times {@code weight[n]}.
   *
   * <p>Source: native/ARITHMETIC.md, "RMS norm".
   */
  static float[] rmsNorm(float[] x, float[] weight, float epsilon) {
    float mean = (float) (Lanes.sumOfSquares(x) / x.length);
    // The double square root of a float, rounded to float, is the correctly rounded float root.
    float r = 1f / (float) Math.sqrt(mean + epsilon);
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (x[i] * r) * weight[i];
    }
    return y;
  }

  /**
   * Rotates every head of {@code x[heads][headDim]} by the angles of one position, pairing element
   * {@code i} with {@code i + headDim/2} (NEOX).
   *
   * <p>Source: native/ARITHMETIC.md, "RoPE".
   *
   * @param cos {@code [headDim/2]} of this position
   * @param sin likewise
   */
  static float[] rope(float[] x, float[] cos, float[] sin) {
    int half = cos.length;
    float[] y = new float[x.length];
    for (int head = 0; head < x.length; head += 2 * half) {
      for (int i = 0; i < half; i++) {
        float a = x[head + i];
        float b = x[head + i + half];
        y[head + i] = (a * cos[i]) - (b * sin[i]);
        y[head + i + half] = (a * sin[i]) + (b * cos[i]);
      }
    }
    return y;
  }

  /**
   * The feed-forward gate: {@code activation(gate[n]) · up[n]}.
   *
   * <p>Source: native/ARITHMETIC.md, "Gate".
   */
  static float[] gate(Activation activation, float[] gate, float[] up) {
    float[] y = new float[gate.length];
    for (int i = 0; i < y.length; i++) {
      y[i] =
          switch (activation) {
            case RELU2 -> {
              float g = gate[i] > 0 ? gate[i] : 0f;
              yield (g * g) * up[i];
            }
            case SILU -> (gate[i] / (1f + Exp.exp(-gate[i]))) * up[i];
          };
    }
    return y;
  }

  /**
   * The residual stream after a block: {@code x[n] + y[n]}.
   *
   * <p>Source: native/ARITHMETIC.md, "Residuals".
   */
  static float[] add(float[] x, float[] y) {
    float[] sum = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      sum[i] = x[i] + y[i];
    }
    return sum;
  }
}
