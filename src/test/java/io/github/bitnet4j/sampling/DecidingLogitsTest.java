package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which logits a choice depends on. */
class DecidingLogitsTest {
  private static final int VOCABULARY = 5000;
  private static final SamplingOptions DEFAULT = SamplingOptions.DEFAULT;
  private static final SamplingOptions GREEDY = SamplingOptions.GREEDY;
  private static final float NEVER = Float.NEGATIVE_INFINITY;

  static Stream<Arguments> decided() {
    return Stream.of(
        arguments("greedy", GREEDY, 1),
        arguments("greedy without two tokens", GREEDY.withLogitBias(Map.of(3, NEVER, 9, NEVER)), 3),
        arguments("greedy after samplers that keep the best", GREEDY.withTopP(0.5f), 1),
        arguments("greedy, Mirostat off by temperature", GREEDY.withMirostat(mirostat(2)), 1),
        arguments("the defaults", DEFAULT, 40),
        arguments("top-k alone", DEFAULT.withTopK(7).withTopP(1).withMinP(0).withTemperature(1), 7),
        arguments("top-k and at least so many", DEFAULT.withTopK(5).withMinKeep(20), 20),
        arguments(
            "top-k before XTC and typical",
            DEFAULT.withTypicalP(0.9f).withXtc(new XtcOptions(0.5f, 0.01f)),
            40),
        arguments("top-k without a token", DEFAULT.withLogitBias(Map.of(17, NEVER)), 41),
        arguments(
            "top-k of as many as there are ints",
            DEFAULT.withTopK(Integer.MAX_VALUE).withLogitBias(Map.of(17, NEVER)),
            Integer.MAX_VALUE),
        arguments("a window of no tokens for penalties", penalised().withRepeatLastN(0), 40));
  }

  static Stream<Arguments> undecided() {
    return Stream.of(
        arguments("no top-k", DEFAULT.withTopK(0)),
        arguments("the temperature alone", DEFAULT.withTopK(0).withTopP(1).withMinP(0)),
        arguments(
            "top-p before top-k", DEFAULT.withOrder(List.of(SamplerStep.TOP_P, SamplerStep.TOP_K))),
        arguments("top-n-sigma before top-k", DEFAULT.withTopNSigma(2)),
        arguments("penalties", penalised()),
        arguments("greedy with penalties", penalised().withTemperature(0)),
        arguments("DRY", DEFAULT.withDry(new DryOptions(1, 1.75f, 2, -1, List.of()))),
        arguments("a bias that is no ban", DEFAULT.withLogitBias(Map.of(17, -1f, 18, NEVER))),
        arguments("a forced token", GREEDY.withLogitBias(Map.of(17, Float.POSITIVE_INFINITY))),
        arguments("greedy with typical", GREEDY.withTypicalP(0.5f)),
        arguments("greedy with XTC", GREEDY.withXtc(new XtcOptions(0.5f, 0.1f))),
        arguments("Mirostat", DEFAULT.withMirostat(mirostat(2))));
  }

  private static SamplingOptions penalised() {
    return DEFAULT.withRepeatPenalty(1.1f);
  }

  private static MirostatOptions mirostat(int version) {
    return new MirostatOptions(version, 5, 0.1f);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("undecided")
  void everyLogitCanMatterTo(String what, SamplingOptions options) {
    assertEquals(OptionalInt.empty(), options.decidingLogits(), what);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("decided")
  void theHighestLogitsAloneGiveTheSameTokensWith(String what, SamplingOptions options, int count) {
    assertEquals(OptionalInt.of(count), options.decidingLogits(), what);
    var random = new SplittableRandom(5);
    SamplerChain all = options.withSeed(9).newChain();
    SamplerChain highest = options.withSeed(9).newChain();
    for (int draw = 0; draw < 200; draw++) {
      float[] logits = new float[VOCABULARY];
      for (int i = 0; i < VOCABULARY; i++) {
        // Many ties, at the last place of the highest too.
        logits[i] = Math.round(8 * random.nextGaussian()) / (draw % 2 == 0 ? 4f : 8f);
      }
      int expected = all.sample(MemorySegment.ofArray(logits));
      assertEquals(expected, highest.sample(MemorySegment.ofArray(only(count, logits))), what);
      all.accept(expected);
      highest.accept(expected);
    }
  }

  @Test
  void tokensThatAreRuledOutAreMadeUpFor() {
    float[] logits = new float[VOCABULARY];
    logits[3] = 9;
    logits[9] = 8;
    logits[11] = 7;
    SamplingOptions options = GREEDY.withLogitBias(Map.of(3, NEVER, 9, NEVER));
    int count = options.decidingLogits().getAsInt();
    assertEquals(11, options.newChain().sample(MemorySegment.ofArray(only(count, logits))));
  }

  /** The highest and all that equal the lowest of them; −∞ for the rest. */
  private static float[] only(int count, float[] logits) {
    float[] sorted = logits.clone();
    Arrays.sort(sorted);
    float lowest = sorted[Math.max(0, sorted.length - count)];
    float[] kept = logits.clone();
    for (int i = 0; i < kept.length; i++) {
      kept[i] = kept[i] >= lowest ? kept[i] : NEVER;
    }
    return kept;
  }
}
