package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SamplingOptionsTest {
  private static final SamplingOptions EVERYTHING =
      SamplingOptions.DEFAULT
          .withLogitBias(Map.of(0, 1f))
          .withRepeatPenalty(1.1f)
          .withDry(DryOptions.OFF.withMultiplier(1))
          .withTopNSigma(1)
          .withTypicalP(0.9f)
          .withXtc(new XtcOptions(0.5f, 0.1f));

  @Test
  void theDefaultsAreLlamaCpps() {
    var options = SamplingOptions.DEFAULT;
    assertEquals(0.8f, options.temperature());
    assertEquals(40, options.topK());
    assertEquals(0.95f, options.topP());
    assertEquals(0.05f, options.minP());
    assertEquals(1.0f, options.repeatPenalty());
    assertEquals(64, options.repeatLastN());
    assertEquals(0, options.frequencyPenalty());
    assertEquals(0, options.presencePenalty());
    assertEquals(1, options.typicalP());
    assertEquals(-1, options.topNSigma());
    assertEquals(0, options.minKeep());
    assertEquals(new XtcOptions(0, 0.1f), options.xtc());
    assertEquals(new DryOptions(0, 1.75f, 2, 64, List.of("\n", ":", "\"", "*")), options.dry());
    assertEquals(new DynamicTemperatureOptions(0, 1), options.dynamicTemperature());
    assertEquals(new MirostatOptions(0, 5, 0.1f), options.mirostat());
    assertEquals(Map.of(), options.logitBias());
    assertTrue(options.seed().isEmpty());
  }

  @Test
  void theOrderIsLlamaCpps() {
    assertEquals(
        List.of(
            "LogitBias",
            "Penalties",
            "Dry",
            "TopNSigma",
            "TopK",
            "Typical",
            "TopP",
            "MinP",
            "Xtc",
            "Temperature",
            "Draw"),
        names(EVERYTHING));
    assertEquals(
        List.of("TopK", "TopP", "MinP", "Temperature", "Draw"), names(SamplingOptions.DEFAULT));
  }

  @Test
  void theOrderCanBeChosenAndWhatIsLeftOutDoesNotRun() {
    assertEquals(
        List.of("LogitBias", "Temperature", "Penalties", "MinP", "Draw"),
        names(
            EVERYTHING.withOrder(
                List.of(SamplerStep.TEMPERATURE, SamplerStep.PENALTIES, SamplerStep.MIN_P))));
    assertEquals(List.of("Draw"), names(SamplingOptions.DEFAULT.withOrder(List.of())));
  }

  @Test
  void theOrderMatters() {
    // At temperature 0.5 the ratio 0.15 becomes 0.0225, below min-p.
    var options = SamplingOptions.DEFAULT.withSeed(3).withTemperature(0.5f).withMinP(0.1f);
    var logits = Logits.ofWeights(1, 0.15);
    ChiSquared.assertDrawn(
        new double[] {1 / 1.0225, 0.0225 / 1.0225},
        logits,
        options.withOrder(SamplerStep.parseOrder("min_p;temperature")).newChain());
    ChiSquared.assertDrawn(
        new double[] {1, 0},
        logits,
        options.withOrder(SamplerStep.parseOrder("temperature;min_p")).newChain());
  }

  @Test
  void stepsThatChangeNothingAreLeftOut() {
    assertEquals(
        List.of("Draw"),
        names(SamplingOptions.DEFAULT.withTopK(0).withTopP(1).withMinP(0).withTemperature(1)));
    assertEquals(List.of("Greedy"), names(SamplingOptions.GREEDY));
    assertEquals(
        List.of("LogitBias", "Penalties", "Dry", "Typical", "Xtc", "Greedy"),
        names(EVERYTHING.withTemperature(0)));
    assertEquals(
        List.of("Greedy"),
        names(SamplingOptions.GREEDY.withRepeatPenalty(1.1f).withRepeatLastN(0)));
    assertEquals(
        List.of("DynamicTemperature", "Draw"),
        names(
            SamplingOptions.DEFAULT
                .withOrder(List.of(SamplerStep.TEMPERATURE))
                .withTemperature(1)
                .withDynamicTemperature(new DynamicTemperatureOptions(0.5f, 1))));
  }

  @Test
  void mirostatTakesThePlaceOfWhatRemovesTokens() {
    assertEquals(
        List.of("LogitBias", "Penalties", "Dry", "Temperature", "Mirostat"),
        names(EVERYTHING.withMirostat(new MirostatOptions(2, 5, 0.1f))));
  }

  @Test
  void dryWithBreakersNeedsTheTextsOfTokens() {
    var options = SamplingOptions.DEFAULT.withDry(DryOptions.OFF.withMultiplier(1));
    assertThrows(IllegalStateException.class, options::newChain);
    assertEquals(0, options.withTemperature(0).newChain(id -> new byte[1]).sample(Logits.of(1)));
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
            SamplingOptions.GREEDY
                .withTopK(0)
                .withTopP(Float.MIN_VALUE)
                .withMinP(0)
                .withTypicalP(Float.MIN_VALUE)
                .withTopNSigma(-Float.MAX_VALUE)
                .withXtc(new XtcOptions(1, 0))
                .withRepeatPenalty(Float.MIN_VALUE)
                .withFrequencyPenalty(-Float.MAX_VALUE)
                .withPresencePenalty(Float.MAX_VALUE)
                .withDry(new DryOptions(Float.MAX_VALUE, Float.MAX_VALUE, 1, -1, List.of())),
            SamplingOptions.DEFAULT
                .withTemperature(Float.MAX_VALUE)
                .withDynamicTemperature(new DynamicTemperatureOptions(Float.MAX_VALUE, 0))
                .withTopK(Integer.MAX_VALUE)
                .withMinKeep(Integer.MAX_VALUE)
                .withTopP(1)
                .withMinP(1)
                .withTopNSigma(Float.MAX_VALUE)
                .withRepeatPenalty(Float.MAX_VALUE)
                .withRepeatLastN(-1),
            SamplingOptions.DEFAULT
                .withTemperature(Float.MIN_VALUE)
                .withMirostat(new MirostatOptions(1, Float.MAX_VALUE, Float.MAX_VALUE)));
    for (var options : edges) {
      var chain = options.newChain();
      for (int i = 0; i < 9; i++) {
        chain.accept(i % 2);
      }
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
    assertRefused(
        "repeat-last-n must be 0 or more, or -1 for all tokens, but is -2",
        () -> options.withRepeatLastN(-2));
    assertRefused(
        "frequency-penalty must be finite, but is NaN",
        () -> options.withFrequencyPenalty(Float.NaN));
    assertRefused(
        "presence-penalty must be finite, but is -Infinity",
        () -> options.withPresencePenalty(Float.NEGATIVE_INFINITY));
    assertRefused(
        "typical must be above 0 and at most 1, but is 0.0", () -> options.withTypicalP(0));
    assertRefused("top-nsigma must be finite, but is NaN", () -> options.withTopNSigma(Float.NaN));
    assertRefused("min-keep must be 0 or more, but is -1", () -> options.withMinKeep(-1));
    assertRefused(
        "a token id of logit-bias must be 0 or more, but is -1",
        () -> options.withLogitBias(Map.of(-1, 1f)));
    assertRefused(
        "logit-bias of token 7 must be a number, but is NaN",
        () -> options.withLogitBias(Map.of(7, Float.NaN)));
    assertRefused(
        "the order of samplers must be without repetitions, but is top_k;top_k",
        () -> options.withOrder(List.of(SamplerStep.TOP_K, SamplerStep.TOP_K)));
  }

  @Test
  void valuesOfTheGroupsOutsideTheirRangesAreRefusedToo() {
    assertRefused("xtc-probability must be 0 to 1, but is 1.5", () -> new XtcOptions(1.5f, 0.1f));
    assertRefused("xtc-threshold must be 0 to 1, but is -1.0", () -> new XtcOptions(0, -1));
    assertRefused(
        "dynatemp-range must be 0 or more, and finite, but is -1.0",
        () -> new DynamicTemperatureOptions(-1, 1));
    assertRefused(
        "dynatemp-exp must be 0 or more, and finite, but is Infinity",
        () -> new DynamicTemperatureOptions(0, Float.POSITIVE_INFINITY));
    assertRefused(
        "mirostat must be 0 (off), 1 or 2, but is 3", () -> new MirostatOptions(3, 5, 0.1f));
    assertRefused(
        "mirostat-ent must be 0 or more, and finite, but is -1.0",
        () -> new MirostatOptions(1, -1, 0.1f));
    assertRefused(
        "mirostat-lr must be 0 or more, and finite, but is NaN",
        () -> new MirostatOptions(1, 5, Float.NaN));
    assertRefused(
        "dry-multiplier must be 0 or more, and finite, but is -1.0",
        () -> DryOptions.OFF.withMultiplier(-1));
    assertRefused(
        "dry-base must be 1 or more, and finite, but is 0.5",
        () -> new DryOptions(1, 0.5f, 2, 64, List.of()));
    assertRefused(
        "dry-allowed-length must be 1 or more, but is 0",
        () -> new DryOptions(1, 2, 0, 64, List.of()));
    assertRefused(
        "dry-penalty-last-n must be 0 or more, or -1 for all tokens, but is -2",
        () -> new DryOptions(1, 2, 2, -2, List.of()));
    assertRefused(
        "dry-sequence-breaker must be a text of at least one character, but is empty",
        () -> new DryOptions(1, 2, 2, 64, List.of("")));
  }

  @Test
  void aSamplerCanBePutInFront() {
    var chain =
        SamplingOptions.GREEDY.newChain().after(candidates -> candidates.keepIf(i -> i != 2));
    assertEquals(1, chain.sample(Logits.of(1, 2, 3)));
  }

  @Test
  void resettingAChainForgetsAcceptedTokens() {
    var chain = SamplingOptions.GREEDY.withRepeatPenalty(4).newChain();
    chain.accept(1);
    assertEquals(0, chain.sample(Logits.of(1, 2)));
    chain.reset();
    assertEquals(1, chain.sample(Logits.of(1, 2)));
  }

  private static List<String> names(SamplingOptions options) {
    var chain = options.newChain(id -> new byte[1]);
    return Stream.concat(chain.samplers().stream(), Stream.of(chain.choice()))
        .map(step -> step.getClass().getSimpleName())
        .toList();
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
