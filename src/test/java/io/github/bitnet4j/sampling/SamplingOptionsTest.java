package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SamplingOptionsTest {
  @Test
  void theDefaultsAreLlamaCpps() {
    var options = SamplingOptions.DEFAULT;
    assertEquals(0.8f, options.temperature());
    assertEquals(40, options.topK());
    assertEquals(0.95f, options.topP());
    assertEquals(0.05f, options.minP());
    assertEquals(1.0f, options.repeatPenalty());
    assertEquals(64, options.repeatLastN());
    assertTrue(options.seed().isEmpty());
  }

  @Test
  void theOrderIsLlamaCpps() {
    assertEquals(
        List.of("RepeatPenalty", "TopK", "TopP", "MinP", "Temperature", "Draw"),
        names(SamplingOptions.DEFAULT.withRepeatPenalty(1.1f)));
  }

  @Test
  void stepsThatChangeNothingAreLeftOut() {
    assertEquals(
        List.of("Draw"),
        names(SamplingOptions.DEFAULT.withTopK(0).withTopP(1).withMinP(0).withTemperature(1)));
    assertEquals(
        List.of("RepeatPenalty", "Greedy"), names(SamplingOptions.GREEDY.withRepeatPenalty(1.1f)));
    assertEquals(
        List.of("Greedy"),
        names(SamplingOptions.GREEDY.withRepeatPenalty(1.1f).withRepeatLastN(0)));
  }

  @Test
  void temperatureZeroTakesTheMostProbableToken() {
    var chain = SamplingOptions.DEFAULT.withTemperature(0).newChain();
    assertEquals(2, chain.sample(Logits.of(1, 2, 3, 3)));
  }

  @Test
  void aSeedRepeatsTheWholeSequence() {
    var options = SamplingOptions.DEFAULT.withSeed(99).withRepeatPenalty(1.3f).withRepeatLastN(5);
    assertEquals(sequence(options), sequence(options));
  }

  @Test
  void theSequenceIsTheSameOnEveryThread() {
    var options = SamplingOptions.DEFAULT.withSeed(5);
    var alone = sequence(options);
    var together =
        LongStream.range(0, 16).parallel().mapToObj(i -> sequence(options)).distinct().toList();
    assertEquals(List.of(alone), together);
  }

  @Test
  void anotherSeedGivesAnotherSequence() {
    assertNotEquals(
        sequence(SamplingOptions.DEFAULT.withSeed(1)),
        sequence(SamplingOptions.DEFAULT.withSeed(2)));
  }

  @Test
  void aDefiniteSeedStaysAndAnOpenOneIsChosen() {
    var seeded = SamplingOptions.DEFAULT.withSeed(7);
    assertEquals(seeded, seeded.withDefiniteSeed());
    assertTrue(SamplingOptions.DEFAULT.withDefiniteSeed().seed().isPresent());
    assertNotEquals(
        SamplingOptions.DEFAULT.withDefiniteSeed(), SamplingOptions.DEFAULT.withDefiniteSeed());
  }

  @Test
  void valuesAtTheEdgesOfTheirRangesAreAccepted() {
    var edges =
        List.of(
            new SamplingOptions(0, 0, Float.MIN_VALUE, 0, Float.MIN_VALUE, 0, seed()),
            new SamplingOptions(
                Float.MAX_VALUE, Integer.MAX_VALUE, 1, 1, Float.MAX_VALUE, 1, seed()));
    for (var options : edges) {
      var chain = options.newChain();
      chain.accept(0);
      int token = chain.sample(Logits.of(1, 2, 3));
      assertTrue(token >= 0 && token < 3);
    }
  }

  @Test
  void valuesOutsideTheirRangesAreRefusedWithTheRange() {
    var options = SamplingOptions.DEFAULT;
    assertRefused(
        "temperature must be 0 (greedy) or more, and finite, but is -0.1",
        () -> options.withTemperature(-0.1f));
    assertRefused(
        "temperature must be 0 (greedy) or more, and finite, but is NaN",
        () -> options.withTemperature(Float.NaN));
    assertRefused(
        "top-k must be 1 or more, or 0 to keep all tokens, but is -1", () -> options.withTopK(-1));
    assertRefused("top-p must be above 0 and at most 1, but is 0.0", () -> options.withTopP(0));
    assertRefused("top-p must be above 0 and at most 1, but is 1.5", () -> options.withTopP(1.5f));
    assertRefused("min-p must be 0 to 1, but is -0.5", () -> options.withMinP(-0.5f));
    assertRefused(
        "repeat-penalty must be above 0 and finite, but is 0.0",
        () -> options.withRepeatPenalty(0));
    assertRefused("repeat-last-n must be 0 or more, but is -1", () -> options.withRepeatLastN(-1));
  }

  @Test
  void aChainThatLeavesSeveralCandidatesIsRefused() {
    var chain = new SamplerChain(List.of(new TopK(2)));
    var refusal = assertThrows(IllegalStateException.class, () -> chain.sample(Logits.of(1, 2, 3)));
    assertEquals(
        "The samplers left 2 candidates; end the chain with Greedy or Draw", refusal.getMessage());
  }

  @Test
  void resettingAChainForgetsAcceptedTokens() {
    var chain = SamplingOptions.GREEDY.withRepeatPenalty(4).newChain();
    chain.accept(1);
    assertEquals(0, chain.sample(Logits.of(1, 2)));
    chain.reset();
    assertEquals(1, chain.sample(Logits.of(1, 2)));
  }

  private static OptionalLong seed() {
    return OptionalLong.of(1);
  }

  private static List<String> names(SamplingOptions options) {
    return options.newChain().samplers().stream().map(s -> s.getClass().getSimpleName()).toList();
  }

  private static List<Integer> sequence(SamplingOptions options) {
    var chain = options.newChain();
    var tokens = new ArrayList<Integer>();
    for (int i = 0; i < 50; i++) {
      int token = chain.sample(Logits.seeded(500, i));
      chain.accept(token);
      tokens.add(token);
    }
    return tokens;
  }

  private static void assertRefused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
