package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The steps of one kernel build called singly on plain arrays, so that a port can be checked step
 * by step. Results are new arrays. Safe to share between threads.
 *
 * <p>Every call copies its arguments to native memory and back: it serves checking, not speed.
 *
 * @param kernel a build this machine can run
 */
public record NativeOps(KernelBuild kernel) {

  /**
   * Activations in 8 bits.
   *
   * @param values {@code [rows][cols]}
   * @param scales {@code [rows]}
   */
  public record QuantizedRows(byte[] values, float[] scales) {}

  /** Rows {@code x[rows][cols]} quantised, each with a scale of its own. */
  public QuantizedRows quantize(float[] x, int rows, int cols) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = floats(arena, x);
      MemorySegment q = arena.allocate(ValueLayout.JAVA_BYTE, x.length);
      MemorySegment scales = arena.allocate(ValueLayout.JAVA_FLOAT, rows);
      Status.check(
          BitNetNative.bn_op_quantize(
              kernel.index(),
              rows,
              cols,
              in,
              in.byteSize(),
              q,
              q.byteSize(),
              scales,
              scales.byteSize()),
          "quantising %d rows of %d".formatted(rows, cols));
      return new QuantizedRows(q.toArray(ValueLayout.JAVA_BYTE), floats(scales));
    }
  }

  /**
   * The ternary product {@code [tokens][rows]} of quantised activations {@code [tokens][cols]}.
   *
   * @param weights an I2_S matrix in 128-weight blocks: {@code rows * cols / 4 + 32} bytes
   */
  public float[] ternaryMatmul(byte[] weights, int rows, int cols, QuantizedRows x) {
    int tokens = x.scales().length;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = arena.allocateFrom(ValueLayout.JAVA_BYTE, weights);
      MemorySegment q = arena.allocateFrom(ValueLayout.JAVA_BYTE, x.values());
      MemorySegment scales = floats(arena, x.scales());
      MemorySegment y = arena.allocate(ValueLayout.JAVA_FLOAT, (long) tokens * rows);
      Status.check(
          BitNetNative.bn_op_ternary_matmul(
              kernel.index(),
              tokens,
              rows,
              cols,
              w,
              w.byteSize(),
              q,
              q.byteSize(),
              scales,
              scales.byteSize(),
              y,
              y.byteSize()),
          "ternary product of %d tokens with [%d][%d]".formatted(tokens, rows, cols));
      return floats(y);
    }
  }

  /** RMS norm of {@code x[n]} times {@code weight[n]}. */
  public float[] rmsNorm(float[] x, float[] weight, float epsilon) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment y = arena.allocate(ValueLayout.JAVA_FLOAT, x.length);
      Status.check(
          BitNetNative.bn_op_rms_norm(
              kernel.index(),
              x.length,
              floats(arena, x),
              floats(arena, weight),
              epsilon,
              y,
              y.byteSize()),
          "RMS norm of " + x.length);
      return floats(y);
    }
  }

  /** Heads {@code x[heads][2 * cos.length]} rotated by {@code cos} and {@code sin}. */
  public float[] rope(float[] x, float[] cos, float[] sin) {
    int headDim = 2 * cos.length;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment inOut = floats(arena, x);
      MemorySegment cosTable = floats(arena, cos);
      Status.check(
          BitNetNative.bn_op_rope(
              kernel.index(),
              x.length / headDim,
              headDim,
              inOut,
              inOut.byteSize(),
              cosTable,
              floats(arena, sin),
              cosTable.byteSize()),
          "RoPE of heads of " + headDim);
      return floats(inOut);
    }
  }

  /**
   * Attention of one query {@code q[heads][headDim]}; the result has the same shape.
   *
   * @param k {@code [kvHeads][positions][headDim]}, rounded to {@code type} here
   * @param v likewise
   */
  public float[] attention(
      float[] q, int headDim, float scale, KvType type, int kvHeads, float[] k, float[] v) {
    int positions = k.length / (kvHeads * headDim);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment query = floats(arena, q);
      MemorySegment keys = stored(arena, type, headDim, k);
      MemorySegment values = stored(arena, type, headDim, v);
      MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, q.length);
      Status.check(
          BitNetNative.bn_op_attention(
              kernel.index(),
              q.length / headDim,
              kvHeads,
              headDim,
              positions,
              scale,
              query,
              query.byteSize(),
              type.code(),
              keys,
              values,
              keys.byteSize(),
              out,
              out.byteSize()),
          "attention over %d positions".formatted(positions));
      return floats(out);
    }
  }

  /**
   * {@code activation(gate[n]) * up[n]}.
   *
   * @param activation a {@code bn_activation} value
   */
  public float[] activation(int activation, float[] gate, float[] up) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment y = arena.allocate(ValueLayout.JAVA_FLOAT, gate.length);
      Status.check(
          BitNetNative.bn_op_activation(
              kernel.index(),
              activation,
              gate.length,
              floats(arena, gate),
              floats(arena, up),
              y,
              y.byteSize()),
          "activation of " + gate.length);
      return floats(y);
    }
  }

  /**
   * The product {@code [rows]} of {@code weights[rows][x.length]} and {@code x}.
   *
   * @param type GGUF number of F32, F16, BF16, Q8_0, Q6_K or Q4_0
   * @param weights the matrix's bytes, little-endian
   */
  public float[] head(int type, byte[] weights, int rows, float[] x) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment w = arena.allocate(weights.length, Float.BYTES);
      MemorySegment.copy(weights, 0, w, ValueLayout.JAVA_BYTE, 0, weights.length);
      MemorySegment in = floats(arena, x);
      MemorySegment logits = arena.allocate(ValueLayout.JAVA_FLOAT, rows);
      Status.check(
          BitNetNative.bn_op_head(
              kernel.index(),
              type,
              rows,
              x.length,
              w,
              w.byteSize(),
              in,
              in.byteSize(),
              logits,
              logits.byteSize()),
          "head of [%d][%d]".formatted(rows, x.length));
      return floats(logits);
    }
  }

  /** The engine's exponential of every element. */
  public float[] exp(float[] x) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment y = arena.allocate(ValueLayout.JAVA_FLOAT, x.length);
      Status.check(
          BitNetNative.bn_op_exp(kernel.index(), x.length, floats(arena, x), y, y.byteSize()),
          "exp of " + x.length);
      return floats(y);
    }
  }

  /** Rows {@code x[rows][headDim]} as a KV cache of this type keeps them. */
  private MemorySegment stored(Arena arena, KvType type, int headDim, float[] x) {
    int rows = x.length / headDim;
    MemorySegment in = floats(arena, x);
    MemorySegment out = arena.allocate((long) rows * type.rowBytes(headDim), Float.BYTES);
    Status.check(
        BitNetNative.bn_op_kv_rows(
            kernel.index(), type.code(), rows, headDim, in, in.byteSize(), out, out.byteSize()),
        "rounding %d rows of %d to %s".formatted(rows, headDim, type));
    return out;
  }

  private static MemorySegment floats(Arena arena, float[] x) {
    return arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
  }

  private static float[] floats(MemorySegment x) {
    return x.toArray(ValueLayout.JAVA_FLOAT);
  }
}
