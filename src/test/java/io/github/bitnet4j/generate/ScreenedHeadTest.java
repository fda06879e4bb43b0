package io.github.bitnet4j.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.LoadOptions;
import io.github.bitnet4j.sampling.SamplingOptions;
import io.github.bitnet4j.session.PrefillMonitor;
import io.github.bitnet4j.session.Session;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A model with a screened head beside the same model without. */
class ScreenedHeadTest {
  private static final List<String> PROMPTS =
      List.of("Once upon a time", "What is 12 + 7?", "The cat", "Hello, how are you?", "17 + 25 =");

  private static BitNetModel full;
  private static BitNetModel screened;

  @BeforeAll
  static void load() {
    full = BitNetModel.demo(LoadOptions.DEFAULT.withThreads(2));
    screened = BitNetModel.demo(LoadOptions.DEFAULT.withThreads(2).withScreenedHead(true));
  }

  @AfterAll
  static void close() {
    full.close();
    screened.close();
  }

  static Stream<Arguments> options() {
    var drawn = SamplingOptions.DEFAULT.withSeed(4);
    return Stream.of(
        arguments("greedy", GenerateOptions.greedy()),
        arguments("greedy past the end", GenerateOptions.greedy().withIgnoreEnd(true)),
        arguments("the defaults", GenerateOptions.sampling(drawn)),
        arguments("top-k 1", GenerateOptions.sampling(drawn.withTopK(1))),
        arguments("top-k 5, hot", GenerateOptions.sampling(drawn.withTopK(5).withTemperature(5))),
        arguments("no top-k", GenerateOptions.sampling(drawn.withTopK(0))),
        arguments("penalties", GenerateOptions.sampling(drawn.withRepeatPenalty(1.3f))),
        arguments(
            "log-probabilities",
            GenerateOptions.greedy().withLogprobs(new LogprobOptions(3, false, true))),
        arguments(
            "log-probabilities after sampling",
            GenerateOptions.sampling(drawn).withLogprobs(new LogprobOptions(3, true, false))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("options")
  void theTokensAreTheSameWith(String what, GenerateOptions options) {
    for (String prompt : PROMPTS) {
      try (TextSession one = full.newSession();
          TextSession other = screened.newSession()) {
        Generation expected = one.generate(prompt, options.withMaxTokens(60));
        Generation actual = other.generate(prompt, options.withMaxTokens(60));
        assertEquals(expected.stream().toList(), actual.stream().toList(), what);
        assertEquals(expected.promptLogprobs(), actual.promptLogprobs());
        assertArrayEquals(floats(one.logits()), floats(other.logits()), what);
      }
    }
  }

  @Test
  void onlyTheHighestLogitsAreThereUntilAllAreAskedFor() {
    try (TextSession one = full.newSession();
        TextSession other = screened.newSession()) {
      int[] tokens = full.tokenizer().encode("Once upon a time there was a");
      float[] expected = floats(one.prefill(tokens));
      assertTrue(other.prefill(tokens, 1, PrefillMonitor.NONE));
      float[] highest = floats(other.highestLogits(1));
      float best = best(expected);
      int missing = 0;
      for (int i = 0; i < expected.length; i++) {
        if (highest[i] == Float.NEGATIVE_INFINITY) {
          missing++;
        } else {
          assertEquals(expected[i], highest[i]);
        }
      }
      assertEquals(best, best(highest));
      assertTrue(missing > expected.length / 2, missing + " logits were left out");
      assertArrayEquals(expected, floats(other.highestLogits(2)));
      assertArrayEquals(expected, floats(other.logits()));
      assertEquals(tokens.length, other.position());
    }
  }

  @Test
  void computingAllLogitsLaterChangesNothingThatFollows() {
    try (TextSession one = full.newSession();
        TextSession other = screened.newSession()) {
      int[] tokens = full.tokenizer().encode("The cat was in the park.");
      for (int token : tokens) {
        one.decode(token);
        other.prefill(new int[] {token}, 1, PrefillMonitor.NONE);
        assertArrayEquals(floats(one.logits()), floats(other.logits()));
      }
    }
  }

  @Test
  void aForkKnowsWhichLogitsAreMissing() {
    try (TextSession one = full.newSession();
        TextSession other = screened.newSession()) {
      int[] tokens = full.tokenizer().encode("The cat");
      float[] expected = floats(one.prefill(tokens));
      other.prefill(tokens, 1, PrefillMonitor.NONE);
      try (Session fork = other.fork()) {
        assertArrayEquals(expected, floats(fork.logits()));
      }
    }
  }

  @Test
  void aGenerationThatNeedsMoreLogitsThanTheLastOneLeftGetsThem() {
    var sampled = GenerateOptions.sampling(SamplingOptions.DEFAULT.withTopK(0).withSeed(1));
    try (TextSession one = full.newSession();
        TextSession other = screened.newSession()) {
      for (TextSession session : List.of(one, other)) {
        session.generate("Once upon", GenerateOptions.greedy().withMaxTokens(3)).text();
      }
      assertEquals(
          one.generate(new int[0], sampled.withMaxTokens(20)).text(),
          other.generate(new int[0], sampled.withMaxTokens(20)).text());
    }
  }

  @Test
  void withoutAScreenedHeadAllLogitsAreComputedAtOnce() {
    try (TextSession one = full.newSession()) {
      int[] tokens = full.tokenizer().encode("The cat");
      one.prefill(tokens, 1, PrefillMonitor.NONE);
      float[] all = floats(one.highestLogits(1));
      assertTrue(Arrays.binarySearch(sorted(all), Float.NEGATIVE_INFINITY) < 0);
      assertArrayEquals(all, floats(one.logits()));
    }
    assertTrue(screened.model().screenedHead());
    assertFalse(full.model().screenedHead());
  }

  private static float[] floats(MemorySegment logits) {
    return logits.toArray(ValueLayout.JAVA_FLOAT);
  }

  private static float[] sorted(float[] values) {
    float[] copy = values.clone();
    Arrays.sort(copy);
    return copy;
  }

  private static float best(float[] values) {
    return sorted(values)[values.length - 1];
  }
}
