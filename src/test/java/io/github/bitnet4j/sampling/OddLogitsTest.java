package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Properties every sampler keeps, whatever the logits are. */
class OddLogitsTest {
  private static final SamplingOptions PLAIN =
      SamplingOptions.DEFAULT.withTopK(0).withTopP(1).withMinP(0).withTemperature(1).withSeed(1);

  private static final Map<String, SamplingOptions> OPTIONS = options();

  private static Map<String, SamplingOptions> options() {
    var options = new LinkedHashMap<String, SamplingOptions>();
    options.put("draw alone", PLAIN);
    options.put("defaults", SamplingOptions.DEFAULT.withSeed(1));
    options.put("greedy", SamplingOptions.GREEDY);
    options.put("bias", PLAIN.withLogitBias(Map.of(0, 100f)));
    options.put(
        "penalties",
        PLAIN.withRepeatPenalty(1e9f).withFrequencyPenalty(1e9f).withPresencePenalty(1e9f));
    options.put("dry", PLAIN.withDry(new DryOptions(1e9f, 9, 1, -1, List.of())));
    options.put("top-n-sigma", PLAIN.withTopNSigma(0.01f));
    options.put("top-k", PLAIN.withTopK(1000));
    options.put("typical", PLAIN.withTypicalP(0.01f));
    options.put("top-p", PLAIN.withTopP(0.999999f));
    options.put("min-p", PLAIN.withMinP(1));
    options.put("xtc", PLAIN.withXtc(new XtcOptions(1, 0)));
    options.put("temperature", PLAIN.withTemperature(1e-30f));
    options.put(
        "dynamic temperature",
        PLAIN.withDynamicTemperature(new DynamicTemperatureOptions(5, 0.5f)));
    options.put("mirostat 1", PLAIN.withMirostat(new MirostatOptions(1, 2, 1)));
    options.put("mirostat 2", PLAIN.withMirostat(new MirostatOptions(2, 2, 1)));
    options.put(
        "everything",
        SamplingOptions.DEFAULT
            .withSeed(1)
            .withRepeatPenalty(2)
            .withTopNSigma(1)
            .withTypicalP(0.9f)
            .withXtc(new XtcOptions(0.5f, 0.01f))
            .withDynamicTemperature(new DynamicTemperatureOptions(0.5f, 1)));
    return options;
  }

  static Set<String> names() {
    return OPTIONS.keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void theOnlyPossibleTokenIsAlwaysChosen(String name) {
    var chain = chain(name);
    float no = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < 50; i++) {
      int token = chain.sample(Logits.of(no, Float.NaN, -1e30f, no));
      assertEquals(2, token);
      chain.accept(token);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aVocabularyOfOneTokenWorks(String name) {
    var chain = chain(name);
    for (float logit : new float[] {0, -0f, 1e38f, -1e38f, Float.POSITIVE_INFINITY}) {
      chain.accept(0);
      assertEquals(0, chain.sample(Logits.of(logit)));
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void whatIsImpossibleIsNeverChosenAndNothingBecomesNan(String name) {
    var random = new Random(8);
    var chain = chain(name);
    float[] odd = {
      Float.NaN,
      Float.NEGATIVE_INFINITY,
      Float.POSITIVE_INFINITY,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      Float.MIN_VALUE,
      0,
      -0f,
      1,
      1
    };
    for (int round = 0; round < 500; round++) {
      var logits = new float[2 + random.nextInt(round % 50 == 0 ? 5000 : 20)];
      for (int i = 0; i < logits.length; i++) {
        logits[i] =
            random.nextBoolean()
                ? odd[random.nextInt(odd.length)]
                : (float) random.nextGaussian() * 10;
      }
      logits[0] = 0;
      int token = chain.sample(Logits.of(logits));
      assertTrue(token >= 0 && token < logits.length);
      assertFalse(Float.isNaN(logits[token]));
      assertNotEquals(Float.NEGATIVE_INFINITY, logits[token]);
      double logprob = chain.logprobs(3).chosen().logprob();
      assertTrue(logprob <= 1e-12 && logprob > Double.NEGATIVE_INFINITY, "logprob " + logprob);
      chain.accept(token);
    }
  }

  @Test
  void equalLogitsAreDrawnAlikeWhateverDrawsThem() {
    for (var name : List.of("draw alone", "top-k", "min-p", "temperature", "dynamic temperature")) {
      ChiSquared.assertDrawn(
          new double[] {.2, .2, .2, .2, .2}, Logits.of(-3, -3, -3, -3, -3), chain(name));
    }
  }

  @Test
  void kMayBeLargerThanTheVocabulary() {
    var candidates = Logits.candidates(Logits.of(1, 3, 2));
    new TopK(Integer.MAX_VALUE, 0).apply(candidates);
    assertEquals(List.of(1, 2, 0), Logits.ids(candidates));
  }

  @Test
  void topPSeesAllOfALargeVocabularyOfEqualLogits() {
    var candidates = Logits.candidates(Logits.of(new float[5000]));
    new TopP(0.8f, 0).apply(candidates);
    int kept = candidates.size();
    assertTrue(Math.abs(kept - 4000) <= 1, kept + " kept");
    assertEquals(
        IntStream.range(0, kept).boxed().collect(Collectors.toSet()),
        Set.copyOf(Logits.ids(candidates)));
  }

  private static SamplerChain chain(String name) {
    return OPTIONS.get(name).newChain();
  }
}
