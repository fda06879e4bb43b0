package io.github.bitnet4j.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.LoadOptions;
import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.sampling.SamplingOptions;
import io.github.bitnet4j.session.ContextLimitException;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.text.ChatMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationTest {
  private static final int CONTEXT = 128;
  private static final GenerateOptions ANY_TOKEN =
      GenerateOptions.sampling(
          SamplingOptions.DEFAULT
              .withTemperature(100)
              .withTopK(0)
              .withTopP(1)
              .withMinP(0)
              .withSeed(3));

  @TempDir static Path folder;
  private static Path file;
  private static BitNetModel model;

  @BeforeAll
  static void loadModel() throws Exception {
    file = folder.resolve("random.gguf");
    RandomModel.builder().context(CONTEXT).seed(11).write(file);
    model = BitNetModel.load(file, LoadOptions.DEFAULT.withThreads(2));
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  private static List<Integer> tokensOf(Generation generation) {
    return generation.stream().map(Piece::token).toList();
  }

  @Test
  void thePiecesJoinedAreTheTokensDecoded() {
    try (TextSession session = model.newSession()) {
      var tokens = new ArrayList<Integer>();
      var text = new StringBuilder();
      for (Piece piece : session.generate("the", ANY_TOKEN.withMaxTokens(40))) {
        text.append(piece.text());
        if (piece.token() != Piece.NO_TOKEN) {
          tokens.add(piece.token());
        }
      }
      int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
      assertEquals(model.tokenizer().decode(ids), text.toString());
      assertFalse(text.isEmpty());
    }
  }

  @Test
  void greedyTextIsTheSameOnEveryKernelAndThreadCount() throws Exception {
    String expected;
    try (TextSession session = model.newSession()) {
      expected = session.generate("the", GenerateOptions.greedy().withMaxTokens(24)).text();
    }
    for (KernelBuild kernel : KernelBuild.allRunnable()) {
      for (int threads = 1; threads <= 3; threads++) {
        var options = LoadOptions.DEFAULT.withKernel(kernel.name()).withThreads(threads);
        try (BitNetModel other = BitNetModel.load(file, options);
            TextSession session = other.newSession()) {
          assertEquals(kernel, other.model().kernel());
          assertEquals(
              expected, session.generate("the", GenerateOptions.greedy().withMaxTokens(24)).text());
        }
      }
    }
  }

  @Test
  void aSeedGivesTheSameTextTwiceAndAnotherSeedGivesAnother() {
    List<String> texts = new ArrayList<>();
    for (long seed : new long[] {1, 1, 2}) {
      var sampling = ANY_TOKEN.sampling().withSeed(seed);
      try (TextSession session = model.newSession()) {
        texts.add(
            session.generate("a", GenerateOptions.sampling(sampling).withMaxTokens(16)).text());
      }
    }
    assertEquals(texts.get(0), texts.get(1));
    assertFalse(texts.get(0).equals(texts.get(2)));
  }

  @Test
  void itStopsAtTheRequestedLengthAndTheSessionHoldsEveryToken() {
    try (TextSession session = model.newSession()) {
      var options = ANY_TOKEN.withIgnoreEnd(true).withMaxTokens(5);
      Generation generation = session.generate("the", options);
      assertEquals(Optional.empty(), generation.finishReason());
      int prompt = model.tokenizer().encode("the").length;
      List<Integer> tokens = tokensOf(generation);
      assertEquals(Optional.of(FinishReason.LENGTH), generation.finishReason());
      assertEquals(prompt + 5, session.position());
      assertEquals(tokens.getLast(), session.tokens()[prompt + 4]);
      assertEquals(prompt, generation.statistics().promptTokens());
      assertEquals(5, generation.statistics().generatedTokens());
    }
  }

  @Test
  void itStopsAtATokenThatEndsTheAnswer() {
    int stopped = 0;
    for (int seed = 0; seed < 20; seed++) {
      try (TextSession session = model.newSession()) {
        var sampling = ANY_TOKEN.sampling().withSeed(seed);
        Generation generation = session.generate("the", GenerateOptions.sampling(sampling));
        for (Piece piece : generation) {
          assertFalse(
              piece.token() != Piece.NO_TOKEN
                  && model.tokenizer().vocabulary().isEndOfGeneration(piece.token()));
        }
        if (generation.finishReason().orElseThrow() == FinishReason.STOP) {
          stopped++;
        }
      }
    }
    assertTrue(stopped > 0, "no seed drew an ending token");
  }

  @Test
  void itStopsWhenTheContextIsFull() {
    try (TextSession session = model.newSession(SessionOptions.DEFAULT.withContextLength(10))) {
      Generation generation = session.generate(new int[] {1, 2, 3}, ANY_TOKEN.withIgnoreEnd(true));
      assertEquals(8, tokensOf(generation).size());
      assertEquals(Optional.of(FinishReason.CONTEXT_FULL), generation.finishReason());
      assertEquals(10, session.position());
    }
  }

  @Test
  void aPromptThatDoesNotFitIsRefused() {
    try (TextSession session = model.newSession()) {
      Generation generation = session.generate(new int[CONTEXT + 1], GenerateOptions.greedy());
      assertThrows(ContextLimitException.class, generation::text);
    }
  }

  @Test
  void anotherThreadCanCancelIt() throws Exception {
    try (TextSession session = model.newSession()) {
      Generation generation = session.generate("the", ANY_TOKEN.withIgnoreEnd(true));
      Iterator<Piece> pieces = generation.iterator();
      pieces.next();
      Thread.ofVirtual().start(generation::cancel).join();
      int left = 0;
      while (pieces.hasNext()) {
        if (pieces.next().token() != Piece.NO_TOKEN) {
          left++;
        }
      }
      assertEquals(0, left);
      assertEquals(Optional.of(FinishReason.CANCELLED), generation.finishReason());
    }
  }

  @Test
  void itCanBeRunThroughOnce() {
    try (TextSession session = model.newSession()) {
      Generation generation = session.generate("a", GenerateOptions.greedy().withMaxTokens(1));
      generation.text();
      assertThrows(IllegalStateException.class, generation::text);
    }
  }

  @Test
  void textCanBeContinuedInASecondCall() {
    try (TextSession twice = model.newSession();
        TextSession once = model.newSession()) {
      var four = GenerateOptions.greedy().withIgnoreEnd(true).withMaxTokens(4);
      String parts = twice.generate("the", four).text() + twice.generate("", four).text();
      assertEquals(once.generate("the", four.withMaxTokens(8)).text(), parts);
      assertArrayEquals(once.tokens(), twice.tokens());
    }
  }

  @Test
  void aChatComputesOnlyWhatIsNew() {
    var first = List.of(ChatMessage.user("hi"));
    var options = GenerateOptions.greedy().withIgnoreEnd(true).withMaxTokens(6);
    try (TextSession session = model.newSession();
        TextSession fresh = model.newSession()) {
      Generation opening = session.chat(first, options);
      String answer = opening.text();
      assertEquals(0, opening.statistics().reusedTokens());
      var second =
          List.of(first.getFirst(), ChatMessage.assistant(answer), ChatMessage.user("and"));
      Generation next = session.chat(second, options);
      String text = next.text();
      int firstPrompt = model.chatTemplate().encode(model.tokenizer(), first, true).length;
      assertTrue(next.statistics().reusedTokens() >= firstPrompt - 1);
      assertEquals(fresh.chat(second, options).text(), text);
      Generation again = session.chat(first, options);
      assertEquals(answer, again.text());
    }
  }
}
