package io.github.bitnet4j.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.sampling.Logprobs;
import io.github.bitnet4j.sampling.SamplingOptions;
import io.github.bitnet4j.sampling.TokenLogprobs;
import io.github.bitnet4j.session.ContextLimitException;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.text.ChatMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A generation")
class StopAndLogprobsTest {
  private static final String PROMPT = "Once upon a time";
  private static final GenerateOptions STORY =
      GenerateOptions.sampling(SamplingOptions.DEFAULT.withSeed(2)).withMaxTokens(30);

  private static BitNetModel model;

  @BeforeAll
  static void loadModel() {
    model = BitNetModel.demo();
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  @Test
  void endsBeforeAStopStringThatSpansTokensAndSaysWhich() {
    String text = textOf(STORY);
    String stop = text.substring(text.length() / 2 - 6, text.length() / 2 + 6);
    try (TextSession session = model.newSession()) {
      Generation generation =
          session.generate(PROMPT, STORY.withStopStrings(List.of("no such text", stop)));
      assertEquals(Optional.empty(), generation.stopString());
      List<Piece> pieces = generation.stream().toList();
      assertEquals(text.substring(0, text.indexOf(stop)), textOf(pieces));
      assertEquals(Optional.of(FinishReason.STOP_STRING), generation.finishReason());
      assertEquals(Optional.of(stop), generation.stopString());
      assertTrue(model.tokenizer().encode(stop).length > 2, "the stop string is one token");
    }
  }

  @Test
  void emitsWhatWasHeldBackWhenItEndsOtherwise() {
    String text = textOf(STORY);
    String stop = text.substring(text.length() - 5) + "~";
    try (TextSession session = model.newSession()) {
      Generation generation = session.generate(PROMPT, STORY.withStopStrings(List.of(stop)));
      List<Piece> pieces = generation.stream().toList();
      assertEquals(text, textOf(pieces));
      assertEquals(Optional.of(FinishReason.LENGTH), generation.finishReason());
      assertEquals(Optional.empty(), generation.stopString());
      assertEquals(Piece.NO_TOKEN, pieces.getLast().token());
      assertEquals(text.substring(text.length() - 5), pieces.getLast().text());
    }
  }

  @Test
  void neverChoosesATokenThatEndsTheTextIfThoseAreIgnored() {
    var sampling = SamplingOptions.DEFAULT.withSeed(2).withLogitBias(Map.of(1, -100f));
    try (TextSession session = model.newSession()) {
      var endless = GenerateOptions.sampling(sampling).withIgnoreEnd(true).withMaxTokens(200);
      Generation generation = session.generate(PROMPT, endless);
      for (Piece piece : generation) {
        assertFalse(
            piece.token() != Piece.NO_TOKEN
                && model.tokenizer().vocabulary().isEndOfGeneration(piece.token()));
      }
      assertEquals(Optional.of(FinishReason.LENGTH), generation.finishReason());
      assertEquals(200, generation.statistics().generatedTokens());
    }
  }

  @Test
  void refusesABiasForATokenThatIsNotInTheVocabulary() {
    int size = model.tokenizer().vocabulary().size();
    var options = GenerateOptions.sampling(SamplingOptions.DEFAULT.withLogitBias(Map.of(size, 1f)));
    try (TextSession session = model.newSession()) {
      var refusal =
          assertThrows(IllegalArgumentException.class, () -> session.generate(PROMPT, options));
      assertEquals(
          "Token id %d is outside the vocabulary, whose ids are 0 to %d".formatted(size, size - 1),
          refusal.getMessage());
    }
  }

  @Test
  void givesTheModelsOwnLogprobsOfPromptAndText() {
    for (int batch : new int[] {1, 3, 128}) {
      try (TextSession session = model.newSession(SessionOptions.DEFAULT.withBatchTokens(batch));
          TextSession other = model.newSession()) {
        Generation generation =
            session.generate(PROMPT, STORY.withLogprobs(new LogprobOptions(3, false, true)));
        List<Piece> pieces = generation.stream().toList();
        assertEquals(textOf(STORY), textOf(pieces));
        int[] all = session.tokens();
        var expected = new ArrayList<Optional<TokenLogprobs>>();
        expected.add(Optional.empty());
        var logprobs = new Logprobs(3);
        other.evaluate(
            Arrays.copyOf(all, all.length - 1),
            (i, logits) -> expected.add(Optional.of(logprobs.of(logits, all[i + 1]))));
        int prompt = generation.prompt().length;
        assertEquals(expected.subList(0, prompt), generation.promptLogprobs());
        assertEquals(
            expected.subList(prompt, all.length), pieces.stream().map(Piece::logprobs).toList());
      }
    }
  }

  @Test
  void givesTheFirstTokenOfAPromptALogprobByWhatTheSessionHolds() {
    var wanted = STORY.withMaxTokens(1).withLogprobs(new LogprobOptions(2, false, true));
    try (TextSession session = model.newSession();
        TextSession rewound = model.newSession()) {
      session.generate(PROMPT, STORY).text();
      int[] before = session.tokens();
      Generation generation = session.generate(" Then", wanted);
      generation.text();
      int[] all = session.tokens();
      assertEquals(
          generation.prompt().length + 1, all.length - before.length, "prompt and one token");

      var expected = new ArrayList<Optional<TokenLogprobs>>();
      var logprobs = new Logprobs(2);
      rewound.evaluate(
          Arrays.copyOf(all, all.length - 1),
          (i, logits) -> {
            if (i >= before.length - 1 && i < all.length - 2) {
              expected.add(Optional.of(logprobs.of(logits, all[i + 1])));
            }
          });
      assertEquals(expected, generation.promptLogprobs());

      rewound.rewind(before.length);
      Generation afterRewind = rewound.generate(" Then", wanted);
      afterRewind.text();
      expected.set(0, Optional.empty());
      assertEquals(expected, afterRewind.promptLogprobs());
    }
  }

  @Test
  void givesLogprobsAmongWhatTheSamplersLeft() {
    var options = STORY.withLogprobs(new LogprobOptions(1000, true, false));
    try (TextSession session = model.newSession()) {
      Generation generation = session.generate(PROMPT, options);
      for (Piece piece : generation) {
        var logprobs = piece.logprobs().orElseThrow();
        assertEquals(piece.token(), logprobs.chosen().token());
        assertTrue(logprobs.top().contains(logprobs.chosen()));
        assertTrue(logprobs.top().size() <= 40, "top-k leaves 40");
        double sum = logprobs.top().stream().mapToDouble(t -> Math.exp(t.logprob())).sum();
        assertEquals(1, sum, 1e-12);
      }
      assertEquals(List.of(), generation.promptLogprobs());
    }
  }

  @Test
  void computesAllOfAChatWhosePromptsLogprobsAreWanted() {
    var messages = List.of(ChatMessage.user("What is 3 plus 4?"));
    var options = GenerateOptions.greedy().withMaxTokens(4);
    try (TextSession session = model.newSession()) {
      String answer = session.chat(messages, options).text();
      Generation again =
          session.chat(messages, options.withLogprobs(new LogprobOptions(0, false, true)));
      assertEquals(answer, again.text());
      assertEquals(0, again.statistics().reusedTokens());
      assertEquals(
          model.chatTemplate().encode(model.tokenizer(), messages, true).length,
          again.promptLogprobs().size());
    }
  }

  @Test
  void canBeStoppedInThePromptWhoseLogprobsAreWanted() {
    int[] prompt = IntStream.range(10, 40).toArray();
    try (TextSession session = model.newSession(SessionOptions.DEFAULT.withBatchTokens(8))) {
      Generation generation =
          session
              .generate(prompt, STORY.withLogprobs(new LogprobOptions(0, false, true)))
              .onPrompt((done, total) -> done < 16);
      assertEquals("", generation.text());
      assertEquals(Optional.of(FinishReason.CANCELLED), generation.finishReason());
      assertEquals(16, session.position());
      assertEquals(17, generation.promptLogprobs().size());
    }
  }

  @Test
  void leavesTheSessionAsItWasWhenSuchAPromptDoesNotFit() {
    var options = SessionOptions.DEFAULT.withContextLength(16).withBatchTokens(8);
    try (TextSession session = model.newSession(options)) {
      Generation generation =
          session.generate(new int[17], STORY.withLogprobs(new LogprobOptions(0, false, true)));
      assertThrows(ContextLimitException.class, generation::text);
      assertEquals(0, session.position());
    }
  }

  private static String textOf(GenerateOptions options) {
    try (TextSession session = model.newSession()) {
      return session.generate(PROMPT, options).text();
    }
  }

  private static String textOf(List<Piece> pieces) {
    return String.join("", pieces.stream().map(Piece::text).toList());
  }
}
