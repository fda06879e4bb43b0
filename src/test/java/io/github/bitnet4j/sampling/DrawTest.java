package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawTest {
  private static final int DRAWS = 20_000;

  /** The 99.9 % quantiles of the chi-squared distribution by degrees of freedom. */
  private static final double[] CHI_SQUARED_999 = {0, 10.83, 13.82, 16.27, 18.47, 20.52};

  @Test
  void drawsByProbability() {
    assertDrawn(Logits.ofWeights(1, 2, 3, 4), new double[] {.1, .2, .3, .4}, List.of());
  }

  @Test
  void drawsByProbabilityAfterTopK() {
    assertDrawn(
        Logits.ofWeights(1, 2, 3, 4),
        new double[] {0, 2 / 9., 3 / 9., 4 / 9.},
        List.of(new TopK(3)));
  }

  @Test
  void drawsByProbabilityAfterTopP() {
    assertDrawn(
        Logits.ofWeights(1, 2, 3, 4), new double[] {0, 0, 3 / 7., 4 / 7.}, List.of(new TopP(.6f)));
  }

  @Test
  void drawsByProbabilityAfterMinP() {
    assertDrawn(
        Logits.ofWeights(1, 2, 3, 4),
        new double[] {0, 2 / 9., 3 / 9., 4 / 9.},
        List.of(new MinP(.4f)));
  }

  @Test
  void drawsByProbabilityAfterTemperature() {
    assertDrawn(
        Logits.ofWeights(1, 2, 3, 4),
        new double[] {1 / 30., 4 / 30., 9 / 30., 16 / 30.},
        List.of(new Temperature(.5f)));
  }

  @Test
  void drawsByProbabilityAfterAllOfThem() {
    assertDrawn(
        Logits.ofWeights(1, 2, 3, 4, 10, 10),
        new double[] {0, 0, 0, 16 / 216., 100 / 216., 100 / 216.},
        List.of(new TopK(5), new TopP(.85f), new MinP(.35f), new Temperature(.5f)));
  }

  @Test
  void neverDrawsWhatIsImpossible() {
    var logits = Logits.of(Float.NaN, 0, Float.NEGATIVE_INFINITY, 0);
    assertDrawn(logits, new double[] {0, .5, 0, .5}, List.of());
  }

  @Test
  void aSeedFixesTheDrawsOnEveryPlatform() {
    var chain = new SamplerChain(List.of(new Draw(42)));
    var logits = Logits.ofWeights(IntStream.range(0, 100).mapToDouble(i -> 1).toArray());
    int[] drawn = IntStream.range(0, 12).map(i -> chain.sample(logits)).toArray();
    assertArrayEquals(new int[] {69, 67, 70, 81, 53, 11, 53, 89, 16, 97, 17, 87}, drawn);
  }

  private static void assertDrawn(
      MemorySegment logits, double[] probabilities, List<Sampler> samplers) {
    var all = new ArrayList<>(samplers);
    all.add(new Draw(7));
    var chain = new SamplerChain(all);
    var counts = new int[probabilities.length];
    for (int i = 0; i < DRAWS; i++) {
      counts[chain.sample(logits)]++;
    }
    double chiSquared = 0;
    int possible = 0;
    for (int id = 0; id < counts.length; id++) {
      double expected = probabilities[id] * DRAWS;
      if (expected == 0) {
        assertEquals(0, counts[id], "draws of token " + id);
      } else {
        chiSquared += (counts[id] - expected) * (counts[id] - expected) / expected;
        possible++;
      }
    }
    assertTrue(chiSquared < CHI_SQUARED_999[possible - 1], "chi-squared is " + chiSquared);
  }
}
