package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Each sampler on cases small enough to work out by hand. */
class SamplersTest {
  @Test
  void greedyKeepsTheHighestLogitWithTheLowestId() {
    assertEquals(List.of(1), after(new Greedy(), 0.5, 3, 3));
  }

  @Test
  void topKKeepsTheKHighestInFallingOrder() {
    assertEquals(List.of(3, 1), after(new TopK(2), 1, 3, 2, 4));
    assertEquals(List.of(3, 1, 2, 0), after(new TopK(9), 1, 3, 2, 4));
  }

  @Test
  void topPKeepsTheFewestThatReachP() {
    assertEquals(List.of(2), after(new TopP(0.49f), 1, 2, 5, 2));
    assertEquals(List.of(2, 1), after(new TopP(0.51f), 1, 2, 5, 2));
    assertEquals(List.of(2, 1, 3), after(new TopP(0.89f), 1, 2, 5, 2));
    assertEquals(List.of(2, 1, 3, 0), after(new TopP(0.91f), 1, 2, 5, 2));
  }

  @Test
  void topPKeepsTheFirstHoweverSmallP() {
    assertEquals(List.of(1), after(new TopP(Float.MIN_VALUE), 1, 2));
  }

  @Test
  void topPOfOneKeepsAllInPlace() {
    assertEquals(List.of(0, 1, 2), after(new TopP(1), 1, 2, 1e-30));
  }

  @Test
  void minPKeepsThoseAtLeastPTimesAsProbableAsTheFirst() {
    assertEquals(List.of(1, 2, 3), after(new MinP(0.39f), 1, 2, 5, 2));
    assertEquals(List.of(2), after(new MinP(0.41f), 1, 2, 5, 2));
    assertEquals(List.of(0, 1, 2, 3), after(new MinP(0), 1, 2, 5, 2));
    assertEquals(List.of(0, 2), after(new MinP(1), 5, 2, 5, 2));
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
  void repeatPenaltyDividesPositiveAndMultipliesOtherLogitsOnceEach() {
    var penalty = new RepeatPenalty(2, 8);
    for (int token : new int[] {0, 1, 0, 0, 3}) {
      penalty.accept(token);
    }
    var candidates = Logits.candidates(Logits.of(4, -4, 4, 0));
    penalty.apply(candidates);
    assertEquals(2, candidates.logit(0));
    assertEquals(-8, candidates.logit(1));
    assertEquals(4, candidates.logit(2));
    assertEquals(0, candidates.logit(3));
  }

  @Test
  void repeatPenaltyLooksBackNoFurtherThanItsWindow() {
    var penalty = new RepeatPenalty(2, 2);
    for (int token : new int[] {0, 1, 2}) {
      penalty.accept(token);
    }
    var candidates = Logits.candidates(Logits.of(4, 4, 4));
    penalty.apply(candidates);
    assertEquals(4, candidates.logit(0));
    assertEquals(2, candidates.logit(1));
    assertEquals(2, candidates.logit(2));
  }

  @Test
  void repeatPenaltyForgetsOnReset() {
    var penalty = new RepeatPenalty(2, 2);
    penalty.accept(0);
    penalty.reset();
    var candidates = Logits.candidates(Logits.of(4));
    penalty.apply(candidates);
    assertEquals(4, candidates.logit(0));
  }

  @Test
  void repeatPenaltyIgnoresTokensNoLongerInTheRunning() {
    var penalty = new RepeatPenalty(2, 4);
    penalty.accept(0);
    penalty.accept(7);
    var candidates = Logits.candidates(Logits.of(1, 4));
    candidates.keepHighest(1);
    penalty.apply(candidates);
    assertEquals(4, candidates.logit(0));
  }

  @Test
  void repeatPenaltyNeverRulesOutTheLastToken() {
    var penalty = new RepeatPenalty(10, 4);
    penalty.accept(0);
    var candidates = Logits.candidates(Logits.of(-Float.MAX_VALUE));
    penalty.apply(candidates);
    assertEquals(-Float.MAX_VALUE, candidates.logit(0));
  }

  @Test
  void parametersOutsideTheirRangeAreRefusedWithTheRange() {
    assertRefused("k must be at least 1, but is 0", () -> new TopK(0));
    assertRefused("p must be above 0 and at most 1, but is 0.0", () -> new TopP(0));
    assertRefused("p must be 0 to 1, but is NaN", () -> new MinP(Float.NaN));
    assertRefused("temperature must be above 0 and finite, but is 0.0", () -> new Temperature(0));
    assertRefused(
        "penalty must be above 0 and finite, but is -1.0", () -> new RepeatPenalty(-1, 64));
    assertRefused("lastTokens must be at least 1, but is 0", () -> new RepeatPenalty(1, 0));
  }

  private static List<Integer> after(Sampler sampler, double... weights) {
    var candidates = Logits.candidates(Logits.ofWeights(weights));
    sampler.apply(candidates);
    return Logits.ids(candidates);
  }

  private static void assertRefused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
