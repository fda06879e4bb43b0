package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawTest {
  @Test
  void drawsByProbability() {
    assertDrawn(Logits.ofWeights(1, 2, 3, 4), new double[] {.1, .2, .3, .4}, List.of());
  }

  @Test
  void drawsByProbabilityAfterTopK() {
    assertDrawn(
        Logits.ofWeights(1, 2, 3, 4),
        new double[] {0, 2 / 9., 3 / 9., 4 / 9.},
        List.of(new TopK(3, 0)));
  }

  @Test
  void drawsByProbabilityAfterTopP() {
    assertDrawn(
        Logits.ofWeights(1, 2, 3, 4),
        new double[] {0, 0, 3 / 7., 4 / 7.},
        List.of(new TopP(.6f, 0)));
  }

  @Test
  void drawsByProbabilityAfterMinP() {
    assertDrawn(
        Logits.ofWeights(1, 2, 3, 4),
        new double[] {0, 2 / 9., 3 / 9., 4 / 9.},
        List.of(new MinP(.4f, 0)));
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
        List.of(new TopK(5, 0), new TopP(.85f, 0), new MinP(.35f, 0), new Temperature(.5f)));
  }

  @Test
  void neverDrawsWhatIsImpossible() {
    var logits = Logits.of(Float.NaN, 0, Float.NEGATIVE_INFINITY, 0);
    assertDrawn(logits, new double[] {0, .5, 0, .5}, List.of());
  }

  @Test
  void aSeedFixesTheDrawsOnEveryPlatform() {
    var chain = new SamplerChain(List.of(), new Draw(42));
    var logits = Logits.ofWeights(IntStream.range(0, 100).mapToDouble(i -> 1).toArray());
    int[] drawn = IntStream.range(0, 12).map(i -> chain.sample(logits)).toArray();
    assertArrayEquals(new int[] {69, 67, 70, 81, 53, 11, 53, 89, 16, 97, 17, 87}, drawn);
  }

  private static void assertDrawn(
      MemorySegment logits, double[] probabilities, List<Sampler> samplers) {
    ChiSquared.assertDrawn(probabilities, logits, new SamplerChain(samplers, new Draw(7)));
  }
}
