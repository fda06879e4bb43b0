package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ExpTest {
  @Test
  void itIsTheExponentialToWithinItsError() {
    var random = new Random(2);
    for (int i = 0; i < 200_000; i++) {
      double x = -708 * Math.pow(random.nextDouble(), 3);
      double exact = StrictMath.exp(x);
      assertTrue(Math.abs(Exp.of(x) - exact) < exact * 0x1p-51, "at " + x);
    }
  }

  @Test
  void manyTogetherAreWhatEachIsAlone() {
    var random = new Random(3);
    for (int count : new int[] {1, 7, 511, 512, 513, 3000}) {
      var logits = new float[count];
      for (int i = 0; i < count; i++) {
        logits[i] = 5 - (float) (800 * Math.pow(random.nextDouble(), 4));
      }
      logits[count / 2] = Float.NEGATIVE_INFINITY;
      var out = new double[count];
      Exp.ofDistances(logits, 5.5, out, count);
      for (int i = 0; i < count; i++) {
        assertEquals(Exp.of(logits[i] - 5.5), out[i], "at " + logits[i]);
      }
    }
  }

  @Test
  void itsEndsAreExact() {
    assertEquals(1, Exp.of(0));
    assertEquals(1, Exp.of(-0.0));
    assertEquals(0, Exp.of(Double.NEGATIVE_INFINITY));
    assertEquals(0, Exp.of(-708.5));
    assertTrue(Exp.of(-708) > 0);
  }
}
