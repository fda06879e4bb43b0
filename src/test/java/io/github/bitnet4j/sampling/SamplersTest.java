package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Each sampler on cases small enough to work out by hand. */
class SamplersTest {
  @Test
  void greedyKeepsTheHighestLogitWithTheLowestId() {
    var candidates = Logits.candidates(Logits.of(0.5f, 3, 3));
    assertEquals(0, new Greedy().choose(candidates));
    assertEquals(List.of(1), Logits.ids(candidates));
  }

  @Test
  void topKKeepsTheKHighestInFallingOrder() {
    assertEquals(List.of(3, 1), after(new TopK(2, 0), 1, 3, 2, 4));
    assertEquals(List.of(3, 1, 2, 0), after(new TopK(9, 0), 1, 3, 2, 4));
  }

  @Test
  void topPKeepsTheFewestThatReachP() {
    assertEquals(List.of(2), after(new TopP(0.49f, 0), 1, 2, 5, 2));
    assertEquals(List.of(2, 1), after(new TopP(0.51f, 0), 1, 2, 5, 2));
    assertEquals(List.of(2, 1, 3), after(new TopP(0.89f, 0), 1, 2, 5, 2));
    assertEquals(List.of(2, 1, 3, 0), after(new TopP(0.91f, 0), 1, 2, 5, 2));
  }

  @Test
  void topPOfALargeVocabularyKeepsWhatSortingItAllGives() {
    for (float scale : new float[] {0.01f, 0.3f, 1, 4}) {
      for (float p : new float[] {0.1f, 0.5f, 0.95f}) {
        var candidates = Logits.candidates(scaled(Logits.seeded(20_000, 9), scale));
        var sorted = Logits.candidates(scaled(Logits.seeded(20_000, 9), scale));
        sorted.sort();
        double sum = 0;
        int fewest = 0;
        while (sum < p) {
          sum += sorted.probability(fewest++);
        }
        new TopP(p, 0).apply(candidates);
        assertEquals(Logits.ids(sorted).subList(0, fewest), Logits.ids(candidates));
      }
    }
  }

  private static MemorySegment scaled(MemorySegment logits, float factor) {
    float[] values = logits.toArray(ValueLayout.JAVA_FLOAT);
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return Logits.of(values);
  }

  @Test
  void topPKeepsTheFirstHoweverSmallP() {
    assertEquals(List.of(1), after(new TopP(Float.MIN_VALUE, 0), 1, 2));
  }

  @Test
  void minPKeepsThoseAtLeastPTimesAsProbableAsTheFirst() {
    assertEquals(List.of(1, 2, 3), after(new MinP(0.39f, 0), 1, 2, 5, 2));
    assertEquals(List.of(2), after(new MinP(0.41f, 0), 1, 2, 5, 2));
    assertEquals(List.of(0, 2), after(new MinP(1, 0), 5, 2, 5, 2));
  }

  @Test
  void temperatureRaisesProbabilitiesToItsInverse() {
    var candidates = Logits.candidates(Logits.ofWeights(1, 2));
    new Temperature(0.5f).apply(candidates);
    assertEquals(4.0 / 5, candidates.probability(1), 1e-6);
    candidates = Logits.candidates(Logits.ofWeights(1, 4));
    new Temperature(2).apply(candidates);
    assertEquals(2.0 / 3, candidates.probability(1), 1e-6);
  }

  @Test
  void theSmallestTemperatureLeavesTheHighestAlone() {
    var candidates = Logits.candidates(Logits.of(1e30f, 2e30f, 2e30f));
    new Temperature(Float.MIN_VALUE).apply(candidates);
    assertEquals(0.0, candidates.probability(0));
    assertEquals(0.5, candidates.probability(2));
  }

  @Test
  void aHugeTemperatureMakesAllEquallyLikely() {
    var candidates = Logits.candidates(Logits.of(-100, 0, 100));
    new Temperature(Float.MAX_VALUE).apply(candidates);
    assertEquals(1.0 / 3, candidates.probability(0), 1e-9);
  }

  @Test
  void topNSigmaKeepsWhatIsWithinNDeviationsOfTheHighest() {
    var logits = Logits.of(0, 1, Float.NEGATIVE_INFINITY, 2, 3); // mean 1.5, deviation 1.118
    assertEquals(List.of(4), after(new TopNSigma(0.5f, 0), logits));
    assertEquals(List.of(3, 4), after(new TopNSigma(1, 0), logits));
    assertEquals(List.of(1, 3, 4), after(new TopNSigma(2, 0), logits));
  }

  @Test
  void typicalKeepsWhatIsClosestToTheExpectedSurprise() {
    // Entropy 1.208; distances 0.515, 0.178, 0.689, 1.094.
    double[] weights = {.5, .25, .15, .1};
    assertEquals(List.of(1), after(new Typical(0.2f, 0), weights));
    assertEquals(List.of(0, 1), after(new Typical(0.3f, 0), weights));
    assertEquals(List.of(0, 1, 2), after(new Typical(0.8f, 0), weights));
    assertEquals(List.of(0, 1, 2, 3), after(new Typical(0.95f, 0), weights));
  }

  @Test
  void xtcKeepsTheLeastOfTheMostProbableAndWhatIsBelow() {
    double[] weights = {.1, .4, .2, .3};
    assertEquals(List.of(0, 2), after(xtc(1, 0.15f, 0), weights));
    assertEquals(List.of(0, 2, 3), after(xtc(1, 0.25f, 0), weights).stream().sorted().toList());
  }

  @Test
  void xtcChangesNothingWhereFewerThanTwoAreProbableOrItsChanceIsNotTaken() {
    double[] weights = {.1, .4, .2, .3};
    assertEquals(List.of(0, 1, 2, 3), after(xtc(1, 0.35f, 0), weights));
    assertEquals(List.of(0, 1, 2, 3), after(xtc(0, 0.15f, 0), weights));
  }

  @Test
  void xtcSparesTheHighestIdOfEquals() {
    assertEquals(List.of(2, 3), after(xtc(1, 0.2f, 0), 3, 3, 3, 1));
  }

  @Test
  void minKeepIsHonouredByEverySamplerThatRemovesTokens() {
    double[] weights = {.4, .3, .2, .1};
    assertEquals(List.of(0, 1, 2), after(new TopK(1, 3), weights));
    assertEquals(List.of(0, 1, 2), after(new TopP(0.1f, 3), weights));
    assertEquals(List.of(0, 1, 2), after(new MinP(0.99f, 3), weights));
    assertEquals(List.of(0, 1, 2), after(new TopNSigma(0.01f, 3), weights));
    assertEquals(3, after(new Typical(0.01f, 3), weights).size());
    assertEquals(List.of(0, 1, 2, 3), after(xtc(1, 0.15f, 3), weights));
  }

  @Test
  void dynamicTemperatureFollowsTheUncertainty() {
    double uncertainty = -(.8 * Math.log(.8) + .2 * Math.log(.1)) / Math.log(3);
    assertEquals(
        Math.pow(8, 1 / (0.5 + uncertainty)), ratioAt(new DynamicTemperatureOptions(.5f, 1)), 1e-5);
    assertEquals(
        Math.pow(8, 1 / (0.5 + uncertainty * uncertainty)),
        ratioAt(new DynamicTemperatureOptions(.5f, 2)),
        1e-5);
    assertEquals(
        Math.pow(8, 1 / (3 * uncertainty)), ratioAt(new DynamicTemperatureOptions(2, 1)), 1e-5);
  }

  /** How much more probable the first of {8, 1, 1} is than the second at temperature about 1. */
  private static double ratioAt(DynamicTemperatureOptions options) {
    var candidates = Logits.candidates(Logits.ofWeights(8, 1, 1));
    new DynamicTemperature(1, options).apply(candidates);
    return candidates.probability(0) / candidates.probability(1);
  }

  @Test
  void dynamicTemperatureOfZeroLeavesTheMostProbable() {
    var options = new DynamicTemperatureOptions(5, 1);
    var sure = Logits.of(0, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY);
    assertEquals(List.of(0), after(new DynamicTemperature(1, options), sure));
  }

  @Test
  void logitBiasAddsRulesOutAndForces() {
    var candidates = Logits.candidates(Logits.of(1, 2, 3, 4));
    new LogitBias(Map.of(0, 2.5f, 1, -1f, 3, Float.NEGATIVE_INFINITY)).apply(candidates);
    assertEquals(3.5f, candidates.logit(0));
    assertEquals(1, candidates.logit(1));
    assertEquals(3, candidates.logit(2));
    assertEquals(0.0, candidates.probability(3));
    new LogitBias(Map.of(2, Float.POSITIVE_INFINITY)).apply(candidates);
    assertEquals(1.0, candidates.probability(2));
  }

  @Test
  void logitBiasDoesNotBringBackWhatTheModelRulesOut() {
    var candidates = Logits.candidates(Logits.of(1, Float.NEGATIVE_INFINITY));
    new LogitBias(Map.of(1, Float.POSITIVE_INFINITY)).apply(candidates);
    assertEquals(0.0, candidates.probability(1));
  }

  @Test
  void logitBiasOfAnUnknownTokenOrOnAllTokensIsRefused() {
    assertRefused(
        "There is a logit bias for token 2, but the vocabulary has 0 to 1",
        () -> after(new LogitBias(Map.of(2, 1f)), 1, 2));
    float no = Float.NEGATIVE_INFINITY;
    assertRefused(
        "No token can follow: the logit biases rule out every token that could",
        () -> after(new LogitBias(Map.of(0, no, 1, no)), 1, 2));
  }

  private static Xtc xtc(float probability, float threshold, int minKeep) {
    return new Xtc(new XtcOptions(probability, threshold), minKeep, 1);
  }

  private static List<Integer> after(Sampler sampler, MemorySegment logits) {
    var candidates = Logits.candidates(logits);
    sampler.apply(candidates);
    return Logits.ids(candidates);
  }

  private static List<Integer> after(Sampler sampler, double... weights) {
    return after(sampler, Logits.ofWeights(weights));
  }

  private static void assertRefused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
