package io.github.bitnet4j.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.ffi.NativeOps;
import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.model.Activation;
import io.github.bitnet4j.model.WeightLayout;
import io.github.bitnet4j.testing.Floats;
import io.github.bitnet4j.testing.I2sLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every primitive of every kernel build this machine runs is the reference's, bit for bit. */
@ParameterizedClass
@MethodSource("kernels")
class NativeOpsTest {
  /** Around the widths of registers, lanes and blocks. */
  static final List<Integer> SIZES =
      List.of(1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 1000, 2560);

  private static final float[] EXTREMES = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    0f,
    -0f,
  };

  static List<KernelBuild> kernels() {
    return KernelBuild.allRunnable();
  }

  private final NativeOps ops;
  private final SplittableRandom random = new SplittableRandom(11);

  NativeOpsTest(KernelBuild kernel) {
    ops = new NativeOps(kernel);
  }

  @ParameterizedTest
  @FieldSource("SIZES")
  void rowsQuantiseAlike(int n) {
    for (float[] x : inputs(n)) {
      assertQuantised(x);
    }
    assertQuantised(new float[n]);
    float[] ties = new float[n];
    for (int i = 0; i < n; i++) {
      ties[i] = i % 254 - 126.5f;
    }
    ties[0] = 127;
    assertQuantised(ties);
  }

  private void assertQuantised(float[] x) {
    Quantized expected = Quantized.of(x);
    var actual = ops.quantize(x, 1, x.length);
    assertArrayEquals(expected.values(), actual.values());
    assertArrayEquals(new float[] {expected.scale()}, actual.scales());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 128",
    "1, 3, 384",
    "2, 7, 256",
    "3, 16, 128",
    "5, 17, 640",
    "7, 33, 256",
    "8, 31, 2560",
    "17, 5, 128",
    "65, 4, 256",
    "1, 129, 1152"
  })
  void ternaryProductsAreAlike(int tokens, int rows, int cols) {
    assertProduct(tokens, rows, cols, randomCodes(rows * cols), randomBytes(tokens * cols));
  }

  @ParameterizedTest
  @CsvSource({"1, 128", "3, 7680", "2, 131072"})
  void ternaryProductsOfTheLargestMagnitudesAreAlike(int rows, int cols) {
    for (int code = 0; code < 4; code++) {
      for (int value : new int[] {-128, -127, 127}) {
        byte[] codes = new byte[rows * cols];
        Arrays.fill(codes, (byte) code);
        byte[] values = new byte[2 * cols];
        Arrays.fill(values, (byte) value);
        assertProduct(2, rows, cols, codes, values);
      }
    }
  }

  private void assertProduct(int tokens, int rows, int cols, byte[] codes, byte[] values) {
    byte[] packed = I2sLayout.L1.encode(codes, cols, 0.731f);
    float[] scales = new float[tokens];
    for (int t = 0; t < tokens; t++) {
      scales[t] = t == 3 ? 0 : 40 + t / 3f;
    }
    var matrix =
        new TernaryMatrix(MemorySegment.ofArray(packed), rows, cols, WeightLayout.BLOCK_128);
    float[] expected = new float[tokens * rows];
    for (int t = 0; t < tokens; t++) {
      byte[] row = Arrays.copyOfRange(values, t * cols, (t + 1) * cols);
      float[] y = matrix.multiply(new Quantized(row, scales[t]));
      System.arraycopy(y, 0, expected, t * rows, rows);
    }
    var x = new NativeOps.QuantizedRows(values, scales);
    assertArrayEquals(expected, ops.ternaryMatmul(packed, rows, cols, x));
  }

  @ParameterizedTest
  @FieldSource("SIZES")
  void rmsNormsAreAlike(int n) {
    float[] weight = randoms(n, 2);
    for (float[] x : inputs(n)) {
      assertArrayEquals(Ops.rmsNorm(x, weight, 1e-5f), ops.rmsNorm(x, weight, 1e-5f));
    }
    assertArrayEquals(Ops.rmsNorm(new float[n], weight, 0), ops.rmsNorm(new float[n], weight, 0));
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "3, 6", "1, 30", "2, 32", "5, 34", "2, 64", "20, 128", "1, 130", "2, 254"})
  void rotationsAreAlike(int heads, int headDim) {
    float[] cos = randoms(headDim / 2, 1);
    float[] sin = randoms(headDim / 2, 1);
    for (float[] x : inputs(heads * headDim)) {
      assertArrayEquals(Ops.rope(x, cos, sin), ops.rope(x, cos, sin));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "F16, 1, 1, 2,   1",
    "F16, 2, 1, 32,  31",
    "F16, 4, 2, 64,  127",
    "F16, 8, 2, 128, 129",
    "F16, 3, 3, 30,  33",
    "F16, 6, 2, 62,  17",
    "F16, 2, 2, 128, 1000",
    "Q8_0, 1, 1, 2,  1",
    "Q8_0, 2, 1, 32, 31",
    "Q8_0, 8, 2, 128, 129",
    "Q8_0, 3, 3, 30,  33",
    "Q8_0, 6, 2, 62,  17",
    "Q8_0, 5, 5, 100, 40",
    "F32, 1, 1, 2,   1",
    "F32, 2, 1, 32,  31",
    "F32, 4, 2, 64,  127",
    "F32, 8, 2, 128, 129",
    "F32, 3, 3, 30,  33",
    "F32, 6, 2, 62,  17",
    "F32, 2, 2, 128, 1000",
  })
  void attentionIsAlike(KvType type, int heads, int kvHeads, int headDim, int positions) {
    float[] q = randoms(heads * headDim, 3);
    float[] k = randoms(kvHeads * positions * headDim, 3);
    float[] v = randoms(kvHeads * positions * headDim, 3);
    assertAttention(type, headDim, kvHeads, q, k, v);
    // Values a half cannot hold, and then numbers that are none.
    v[v.length / 2] = 70_000;
    v[0] = 1e-8f;
    k[k.length / 3] = -1e6f;
    assertAttention(type, headDim, kvHeads, q, k, v);
    k[k.length - 1] = Float.NaN;
    assertAttention(type, headDim, kvHeads, q, k, v);
    q[0] = Float.NEGATIVE_INFINITY;
    v[v.length - 1] = Float.NaN;
    assertAttention(type, headDim, kvHeads, q, k, v);
  }

  private void assertAttention(
      KvType type, int headDim, int kvHeads, float[] q, float[] k, float[] v) {
    float scale = (float) (1 / Math.sqrt(headDim));
    int positions = k.length / (kvHeads * headDim);
    var kv = new KvCache(type, headDim);
    for (int t = 0; t < positions; t++) {
      kv.append(row(k, t, positions, kvHeads, headDim), row(v, t, positions, kvHeads, headDim));
    }
    assertArrayEquals(kv.attend(q, scale), ops.attention(q, headDim, scale, type, kvHeads, k, v));
  }

  /** {@code [kvHeads][headDim]} of one position, from {@code [kvHeads][positions][headDim]}. */
  private static float[] row(float[] x, int t, int positions, int kvHeads, int headDim) {
    float[] row = new float[kvHeads * headDim];
    for (int h = 0; h < kvHeads; h++) {
      System.arraycopy(x, (h * positions + t) * headDim, row, h * headDim, headDim);
    }
    return row;
  }

  @ParameterizedTest
  @FieldSource("SIZES")
  void gatesAreAlike(int n) {
    for (Activation activation : Activation.values()) {
      for (float[] gate : inputs(n)) {
        for (float[] up : inputs(n)) {
          assertArrayEquals(
              Ops.gate(activation, gate, up), ops.activation(activation.code(), gate, up));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void headsAreAlike(GgmlType type) {
    for (int cols : SIZES) {
      for (int rows : new int[] {1, 3, 16, 17}) {
        float[] w = randoms(rows * cols, 2);
        for (float[] x : inputs(cols)) {
          assertHead(type, rows, w, x);
        }
        sprinkle(w);
        assertHead(type, rows, w, randoms(cols, 2));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q6_K", "Q4_0"})
  void headsInBlocksAreAlike(GgmlType type) {
    for (int blocks : new int[] {1, 2, 3, 10}) {
      int cols = blocks * type.blockElements();
      for (int rows : new int[] {1, 3, 4, 17}) {
        float[] w = randoms(rows * cols, 2);
        for (float[] x : inputs(cols)) {
          assertHead(type, rows, w, x);
        }
        byte[] anything = randomBytes(rows * blocks * type.blockBytes());
        assertHead(type, rows, anything, randoms(cols, 2));
      }
    }
  }

  private void assertHead(GgmlType type, int rows, float[] w, float[] x) {
    assertHead(type, rows, Floats.encode(type, w), x);
  }

  private void assertHead(GgmlType type, int rows, byte[] bytes, float[] x) {
    var matrix = new FloatMatrix(MemorySegment.ofArray(bytes), type, rows, x.length);
    assertArrayEquals(matrix.multiply(x), ops.head(type.id(), bytes, rows, x));
  }

  @ParameterizedTest
  @FieldSource("SIZES")
  void exponentialsOfAnyLengthAreAlike(int n) {
    for (float[] x : inputs(n)) {
      assertExponentials(x);
    }
  }

  @ParameterizedTest
  @CsvSource({"0x1p-40, 120", "-0x1p-40, -120", "88.7, 88.75", "-87.4, -87.3"})
  void exponentialsAreAlikeOverTheWholeRange(float from, float to) {
    int first = Float.floatToIntBits(from);
    int last = Float.floatToIntBits(to);
    int stride = Math.max(1, Math.abs(last - first) / 1_000_000);
    int direction = Integer.signum(last - first);
    int n = Math.abs(last - first) / stride;
    assertTrue(n > 1000);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = Float.intBitsToFloat(first + direction * i * stride);
    }
    assertExponentials(x);
  }

  private void assertExponentials(float[] x) {
    float[] expected = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      expected[i] = Exp.exp(x[i]);
    }
    assertArrayEquals(expected, ops.exp(x));
  }

  /** Ordinary values, very small and very large ones, and some with NaN, infinities and zeros. */
  private List<float[]> inputs(int n) {
    float[] sprinkled = randoms(n, 100);
    sprinkle(sprinkled);
    float[] infinite = randoms(n, 1);
    infinite[n / 2] = Float.NEGATIVE_INFINITY;
    float[] nan = randoms(n, 1);
    nan[n - 1] = Float.NaN;
    return List.of(randoms(n, 3), randoms(n, 1e-30f), randoms(n, 1e30f), sprinkled, infinite, nan);
  }

  private void sprinkle(float[] x) {
    for (int i = 0; i < x.length; i++) {
      if (random.nextInt(8) == 0) {
        x[i] = EXTREMES[random.nextInt(EXTREMES.length)];
      }
    }
  }

  private float[] randoms(int n, float magnitude) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-magnitude, magnitude);
    }
    return x;
  }

  private byte[] randomCodes(int n) {
    byte[] codes = new byte[n];
    for (int i = 0; i < n; i++) {
      codes[i] = (byte) random.nextInt(4);
    }
    return codes;
  }

  private byte[] randomBytes(int n) {
    byte[] values = new byte[n];
    random.nextBytes(values);
    return values;
  }
}
