package io.github.bitnet4j.reference;

import io.github.bitnet4j.ffi.KvType;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of one layer, one row {@code [kvHeads][headDim]} per position, and the attention
 * over them.
 */
final class KvCache {
  /** Elements that share a scale in Q8_0. */
  private static final int GROUP = 32;

  private static final float LARGEST_HALF = 65504;

  private final KvType type;
  private final int headDim;
  private final List<float[]> keys = new ArrayList<>();
  private final List<float[]> values = new ArrayList<>();

  KvCache(KvType type, int headDim) {
    this.type = type;
    this.headDim = headDim;
  }

  /** Stores the next position's key (after RoPE) and value, rounded to the type of the cache. */
  void append(float[] key, float[] value) {
    keys.add(rounded(key));
    values.add(rounded(value));
  }

  /**
   * Attention of a query {@code q[heads][headDim]} over every position stored so far; the result
   * has the same shape. Query head {@code h} reads KV head {@code h / (heads / kvHeads)}.
   *
   * <p>Source: native/ARITHMETIC.md, "Attention".
   *
   * @param scale factor on the scores
   */
  float[] attend(float[] q, float scale) {
    int heads = q.length / headDim;
    int kvHeads = keys.getFirst().length / headDim;
    float[] out = new float[q.length];
    for (int head = 0; head < heads; head++) {
      attend(q, head * headDim, head / (heads / kvHeads) * headDim, scale, out);
    }
    return out;
  }

  /** One head: from {@code qAt} in query and result, from {@code kvAt} in keys and values. */
  private void attend(float[] q, int qAt, int kvAt, float scale, float[] out) {
    int positions = keys.size();
    float[] scores = new float[positions];
    float max = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < positions; t++) {
      scores[t] = Lanes.dot(q, qAt, keys.get(t), kvAt, headDim) * scale;
      max = scores[t] > max ? scores[t] : max;
    }
    float[] e = new float[positions];
    for (int t = 0; t < positions; t++) {
      e[t] = Exp.exp(scores[t] - max);
    }
    float sum = Lanes.sum(e);
    for (int i = 0; i < headDim; i++) {
      float acc = 0;
      for (int t = 0; t < positions; t++) {
        acc = Math.fma(e[t], values.get(t)[kvAt + i], acc);
      }
      out[qAt + i] = acc / sum;
    }
  }

  /** Source: native/ARITHMETIC.md, "KV cache". */
  private float[] rounded(float[] row) {
    float[] stored = row.clone();
    switch (type) {
      case F32 -> {}
      case F16 -> {
        for (int i = 0; i < stored.length; i++) {
          stored[i] = half(stored[i]);
        }
      }
      case Q8_0 -> {
        for (int head = 0; head < stored.length; head += headDim) {
          for (int i = 0; i < headDim; i += GROUP) {
            roundToBytes(stored, head + i, head + Math.min(i + GROUP, headDim));
          }
        }
      }
    }
    return stored;
  }

  /** Replaces a group of elements by multiples of its scale. */
  private static void roundToBytes(float[] x, int from, int to) {
    float m = 0;
    for (int i = from; i < to; i++) {
      float magnitude = Math.abs(x[i]);
      m = magnitude > m ? magnitude : m;
    }
    float quotient = m / 127;
    float d = half(quotient > LARGEST_HALF ? LARGEST_HALF : quotient);
    float r = d > 0 ? 1 / d : 0;
    for (int i = from; i < to; i++) {
      float p = x[i] * r;
      p = p > 127 ? 127 : p;
      p = p < -127 ? -127 : p;
      int q = (int) Math.rint(p); // 0 when p is NaN
      x[i] = d * q;
    }
  }

  private static float half(float value) {
    return Float.float16ToFloat(Float.floatToFloat16(value));
  }
}
