package io.github.bitnet4j.reference;

import io.github.bitnet4j.ffi.ForwardOp;
import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufTensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The BitNet graph in double precision, written from the graph's description and not from the
 * reference: textbook formulas over tensors looked up by name. It knows the 8-bit rounding of
 * activations and nothing else of the engine's arithmetic.
 *
 * <p>Rounding to 8 bits jumps at ties. Where an activation lies closer to a tie than {@link
 * #TIE_MARGIN}, single precision cannot tell the sides apart, and this takes the side that the
 * reference took; everywhere else it decides for itself.
 */
final class DoubleTransformer {
  /** In units of the 8-bit step; single precision errs by some 1e-5 of it. */
  private static final double TIE_MARGIN = 2e-3;

  private final GgufFile file;
  private final String prefix;
  private final int layers;
  private final int embd;
  private final int heads;
  private final int kvHeads;
  private final int headDim;
  private final double epsilon;
  private final double ropeBase;
  private final double ropeFactor;
  private final boolean silu;
  private final Map<String, double[]> weights = new HashMap<>();
  private final List<List<double[]>> keys = new ArrayList<>();
  private final List<List<double[]>> values = new ArrayList<>();
  private int closeTies;

  DoubleTransformer(GgufFile file) throws IOException {
    this.file = file;
    var m = file.metadata();
    String architecture = m.requireString("general.architecture");
    prefix = architecture + ".";
    silu = architecture.equals("bitnet");
    layers = number("block_count");
    embd = number("embedding_length");
    heads = number("attention.head_count");
    kvHeads = number("attention.head_count_kv");
    headDim = embd / heads;
    epsilon = m.float32(prefix + "attention.layer_norm_rms_epsilon").orElseThrow();
    ropeBase = m.float32(prefix + "rope.freq_base").orElseThrow();
    ropeFactor = m.float32(prefix + "rope.scaling.factor").orElseThrow();
    for (int i = 0; i < layers; i++) {
      keys.add(new ArrayList<>());
      values.add(new ArrayList<>());
    }
  }

  private int number(String key) throws IOException {
    return file.metadata().requireInt32(prefix + key);
  }

  /** Activations that lay too close to a tie to decide alone. */
  int closeTies() {
    return closeTies;
  }

  /**
   * Appends a token.
   *
   * @param steps the reference's results for this token, consulted at close ties only
   * @return logits
   */
  double[] decode(int token, Map<String, float[]> steps) {
    double[] x = new double[embd];
    System.arraycopy(weight("token_embd.weight"), token * embd, x, 0, embd);
    for (int l = 0; l < layers; l++) {
      String b = "blk." + l + ".";
      double[] a = rounded(norm(x, b + "attn_norm"), steps.get(key(ForwardOp.ATTN_NORM, l)));
      int position = keys.get(l).size();
      double[] q = rotated(times(b + "attn_q", a), position);
      keys.get(l).add(rotated(times(b + "attn_k", a), position));
      values.get(l).add(times(b + "attn_v", a));
      double[] o = norm(attention(q, keys.get(l), values.get(l)), b + "attn_sub_norm");
      o = rounded(o, steps.get(key(ForwardOp.ATTN_SUB_NORM, l)));
      x = plus(x, times(b + "attn_output", o));
      double[] f = rounded(norm(x, b + "ffn_norm"), steps.get(key(ForwardOp.FFN_NORM, l)));
      double[] gate = times(b + "ffn_gate", f);
      double[] up = times(b + "ffn_up", f);
      for (int i = 0; i < gate.length; i++) {
        double g = gate[i];
        gate[i] = (silu ? g / (1 + Math.exp(-g)) : Math.pow(Math.max(g, 0), 2)) * up[i];
      }
      double[] m = norm(gate, b + "ffn_sub_norm");
      m = rounded(m, steps.get(key(ForwardOp.FFN_SUB_NORM, l)));
      x = plus(x, times(b + "ffn_down", m));
    }
    boolean tied = file.tensor("output.weight").isEmpty();
    return times(tied ? "token_embd" : "output", norm(x, "output_norm"));
  }

  static String key(ForwardOp op, int layer) {
    return op + " " + layer;
  }

  private double[] norm(double[] x, String name) {
    double[] w = weight(name + ".weight");
    double squares = 0;
    for (double v : x) {
      squares += v * v;
    }
    double root = Math.sqrt(squares / x.length + epsilon);
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / root * w[i];
    }
    return y;
  }

  /** Activations as 8 bits hold them. */
  private double[] rounded(double[] x, float[] reference) {
    double max = 1e-5;
    double referenceMax = 1e-5;
    for (int i = 0; i < x.length; i++) {
      max = Math.max(max, Math.abs(x[i]));
      referenceMax = Math.max(referenceMax, Math.abs(reference[i]));
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double steps = x[i] * 127 / max;
      if (Math.abs(Math.abs(steps - Math.floor(steps)) - 0.5) < TIE_MARGIN) {
        closeTies++;
        double side = Math.rint(reference[i] * 127 / referenceMax);
        steps = Math.abs(side - steps) < 0.5 + TIE_MARGIN ? side : steps;
      }
      y[i] = Math.rint(steps) * max / 127;
    }
    return y;
  }

  private double[] rotated(double[] x, int position) {
    int half = headDim / 2;
    double[] factors =
        file.tensor("rope_freqs.weight").map(t -> weight(t.name())).orElse(new double[0]);
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int at = i % headDim;
      int pair = at % half;
      double angle = position / (ropeFactor * Math.pow(ropeBase, 2.0 * pair / headDim));
      angle /= factors.length > 0 ? factors[pair] : 1;
      double partner = at < half ? -x[i + half] : x[i - half];
      y[i] = x[i] * Math.cos(angle) + partner * Math.sin(angle);
    }
    return y;
  }

  private double[] attention(double[] q, List<double[]> k, List<double[]> v) {
    double[] out = new double[q.length];
    for (int h = 0; h < heads; h++) {
      int from = h * headDim;
      int kvFrom = h * kvHeads / heads * headDim;
      double total = 0;
      for (int t = 0; t < k.size(); t++) {
        double score = 0;
        for (int i = 0; i < headDim; i++) {
          score += q[from + i] * k.get(t)[kvFrom + i];
        }
        double weight = Math.exp(score / Math.sqrt(headDim));
        total += weight;
        for (int i = 0; i < headDim; i++) {
          out[from + i] += weight * v.get(t)[kvFrom + i];
        }
      }
      for (int i = 0; i < headDim; i++) {
        out[from + i] /= total;
      }
    }
    return out;
  }

  private double[] times(String name, double[] x) {
    double[] w = weight(name + ".weight");
    double[] y = new double[w.length / x.length];
    for (int r = 0; r < y.length; r++) {
      for (int c = 0; c < x.length; c++) {
        y[r] += w[r * x.length + c] * x[c];
      }
    }
    return y;
  }

  private static double[] plus(double[] x, double[] y) {
    double[] sum = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      sum[i] = x[i] + y[i];
    }
    return sum;
  }

  /** A tensor's elements in row-major order. */
  private double[] weight(String name) {
    return weights.computeIfAbsent(name, n -> elements(file.tensor(n).orElseThrow()));
  }

  private static double[] elements(GgufTensor tensor) {
    int n = Math.toIntExact(tensor.elementCount());
    var data = tensor.data();
    double[] e = new double[n];
    double scale =
        tensor.type() == GgmlType.I2_S ? data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, n / 4) : 1;
    for (int i = 0; i < n; i++) {
      e[i] =
          switch (tensor.type()) {
            case F32 -> data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
            case F16 -> Float.float16ToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i));
            case BF16 ->
                Float.intBitsToFloat(
                    data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i) << Short.SIZE);
            case I2_S -> {
              int bits = data.get(ValueLayout.JAVA_BYTE, i / 128 * 32 + i % 32);
              yield ((bits >> 6 - i % 128 / 32 * 2 & 3) - 1) * scale;
            }
            default -> throw new IllegalArgumentException(tensor.typeName());
          };
    }
    return e;
  }
}
