package io.github.bitnet4j.reference;

import static io.github.bitnet4j.reference.KnownAnswers.assertBits;
import static io.github.bitnet4j.reference.KnownAnswers.sevenths;
import static io.github.bitnet4j.reference.KnownAnswers.thirds;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.ffi.KvType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KvCacheTest {
  @Test
  void attentionHasTheBitsOfExactArithmetic() {
    var kv = new KvCache(KvType.F32, 4);
    for (int t = 0; t < 3; t++) {
      float[] k = new float[4];
      float[] v = new float[4];
      for (int i = 0; i < 4; i++) {
        k[i] = (t * 4 + i - 5) / 3f;
        v[i] = (7 - t * 3 + i * i) / 9f;
      }
      kv.append(k, v);
    }
    float[] out = kv.attend(new float[] {0.3f, -1.2f, 2.5f, 0.7f}, 0.5f);
    assertBits(0x3e455180, out[0]);
    assertBits(0x3e9b8c4e, out[1]);
    assertBits(0x3f231b7d, out[2]);
    assertBits(0x3f98aa30, out[3]);
  }

  @Test
  void oneProminentPositionGivesItsValue() {
    var kv = new KvCache(KvType.F32, 2);
    kv.append(new float[] {0, 0}, new float[] {5, 6});
    kv.append(new float[] {1000, 0}, new float[] {0.1f, -7});
    assertArrayEquals(new float[] {0.1f, -7}, kv.attend(new float[] {1, 0}, 1));
  }

  @Test
  void queryHeadsShareKeyHeadsInOrder() {
    var kv = new KvCache(KvType.F32, 2);
    kv.append(new float[4], new float[] {1, 2, 3, 4});
    float[] out = kv.attend(new float[8], 1);
    assertArrayEquals(new float[] {1, 2, 1, 2, 3, 4, 3, 4}, out);
  }

  @Test
  void attentionAgreesWithSoftmaxInDoublePrecision() {
    int headDim = 32;
    int positions = 100;
    float[] q = thirds(headDim);
    var kv = new KvCache(KvType.F32, headDim);
    double[] expected = new double[headDim];
    double total = 0;
    for (int t = 0; t < positions; t++) {
      float[] all = sevenths((t + 1) * headDim);
      float[] k = Arrays.copyOfRange(all, t * headDim, all.length);
      kv.append(k, k);
      double score = 0;
      for (int i = 0; i < headDim; i++) {
        score += (double) q[i] * k[i];
      }
      double weight = Math.exp(score * 0.125);
      total += weight;
      for (int i = 0; i < headDim; i++) {
        expected[i] += weight * k[i];
      }
    }
    float[] actual = kv.attend(q, 0.125f);
    for (int i = 0; i < headDim; i++) {
      // Scores up to about 10 err by 16 roundings of their terms, some 1e-5, and so do the weights
      // of values up to 6.3.
      assertEquals(expected[i] / total, actual[i], 1e-4);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1.00048828125, 1.0", // half way between 1 and the next half: to even
    "1.00146484375, 1.001953125",
    "65519.996, 65504",
    "65520,     Infinity",
    "-65520,    -Infinity",
    "2.9802322e-8, 0", // half the smallest subnormal half
    "2.9802326e-8, 5.9604645e-8",
  })
  void halfPrecisionRoundsToNearestEvenAndOverflowsToInfinity(float value, float stored) {
    var kv = new KvCache(KvType.F16, 2);
    kv.append(new float[2], new float[] {value, 0});
    assertEquals(stored, kv.attend(new float[2], 1)[0]);
  }

  @Test
  void keysAreRoundedToo() {
    var kv = new KvCache(KvType.F16, 2);
    // 2048 and 2049 are the same half, so both positions weigh the same.
    kv.append(new float[] {2048, 0}, new float[] {1, 0});
    kv.append(new float[] {2049, 0}, new float[] {3, 0});
    assertEquals(2f, kv.attend(new float[] {1, 0}, 1)[0]);
  }

  @Test
  void aNanScoreReachesEveryElementOfItsHeadAlone() {
    var kv = new KvCache(KvType.F32, 2);
    kv.append(new float[] {Float.NaN, 0, 1, 1}, new float[] {1, 2, 3, 4});
    kv.append(new float[] {1, 1, 1, 1}, new float[] {1, 2, 3, 4});
    float[] out = kv.attend(new float[] {1, 1, 1, 1}, 1);
    assertTrue(Float.isNaN(out[0]) && Float.isNaN(out[1]));
    assertArrayEquals(new float[] {3, 4}, Arrays.copyOfRange(out, 2, 4));
  }

  @ParameterizedTest
  @CsvSource({
    "127, 63.5,    64", // a half goes to the even
    "127, 64.5,    64",
    "127, -2.4,    -2",
    "-254, 3,      4", // 1.5 units of 2
    "127, NaN,     0",
    "1e-9, 1e-9,   0", // the scale rounds to zero
    "1e9, 1e9,     8319008", // 127 times the largest half
    "Infinity, 65504, 65504",
  })
  void bytesAreMultiplesOfAScaleThatFitsTheLargest(float largest, float value, float stored) {
    var kv = new KvCache(KvType.Q8_0, 2);
    kv.append(new float[2], new float[] {largest, value});
    assertEquals(stored, kv.attend(new float[2], 1)[1]);
  }

  @Test
  void every32ElementsOfAHeadHaveAScaleOfTheirOwn() {
    var kv = new KvCache(KvType.Q8_0, 34);
    float[] v = new float[68];
    v[0] = 1270;
    v[31] = 4;
    v[32] = 12.7f;
    v[33] = 4;
    v[34] = 127;
    v[35] = 4;
    kv.append(new float[68], v);
    float[] out = kv.attend(new float[68], 1);
    assertEquals(0, out[31]); // 0.4 units of 10
    assertEquals(4, out[33], 0.01f);
    assertEquals(4, out[35]);
  }

  @Test
  void theArgumentsMayBeChangedAfterwards() {
    var kv = new KvCache(KvType.F32, 2);
    float[] v = {1, 2};
    kv.append(new float[2], v);
    v[0] = 9;
    assertArrayEquals(new float[] {1, 2}, kv.attend(new float[2], 1));
  }
}
