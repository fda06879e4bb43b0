package io.github.bitnet4j.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.LoadOptions;
import io.github.bitnet4j.constraint.Constraint;
import io.github.bitnet4j.constraint.ConstraintCompiler;
import io.github.bitnet4j.constraint.Gbnf;
import io.github.bitnet4j.constraint.RegularExpression;
import io.github.bitnet4j.sampling.SamplingOptions;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.text.ChatMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of random weights, which choose almost any token there is, under a constraint. */
@DisplayName("A constrained generation")
class ConstraintTest {
  private static final String JSON =
      """
      root   ::= value
      value  ::= object | array | string | number | "true" | "false" | "null"
      object ::= "{" (string ": " value (", " string ": " value)*)? "}"
      array  ::= "[" (value (", " value)*)? "]"
      string ::= "\\"" ([^"\\\\\\x00-\\x1F] | "\\\\" (["\\\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\\""
      number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)?
      """;

  @TempDir static Path folder;
  private static BitNetModel bytes;
  private static BitNetModel pieces;

  @BeforeAll
  static void loadModels() throws Exception {
    bytes = load(RandomModel.builder().seed(1), "bytes.gguf");
    pieces = load(RandomModel.builder().sentencePiece(true).seed(3), "pieces.gguf");
  }

  private static BitNetModel load(RandomModel.Builder builder, String name) throws Exception {
    Path file = folder.resolve(name);
    builder.write(file);
    return BitNetModel.load(file, LoadOptions.DEFAULT.withThreads(2));
  }

  @AfterAll
  static void closeModels() {
    bytes.close();
    pieces.close();
  }

  private static GenerateOptions anyTokens(long seed, int maxTokens, Constraint constraint) {
    var sampling =
        SamplingOptions.DEFAULT
            .withTemperature(100)
            .withTopK(0)
            .withTopP(1)
            .withMinP(0)
            .withSeed(seed);
    return GenerateOptions.sampling(sampling).withMaxTokens(maxTokens).withConstraint(constraint);
  }

  @Test
  void isATextOfItsGrammarWhateverTheModel() {
    for (var model : List.of(bytes, pieces)) {
      var constraint = model.constraints().compile(Gbnf.parse(JSON));
      for (long seed = 0; seed < 40; seed++) {
        try (TextSession session = model.newSession()) {
          var generation = session.generate("the cat", anyTokens(seed, 30, constraint));
          var text = generation.text();
          assertTrue(generation.isComplete(), text);
          assertTrue(constraint.matches(text), text);
        }
      }
    }
  }

  @Test
  void beginsWithTheSpaceThatItsTextIsToBeginWith() {
    for (var first : List.of("", " ", "  ")) {
      var grammar = Gbnf.parse("root ::= \"" + first + "\" [a-z]+ \" \" [a-z]+");
      var constraint = pieces.constraints().compile(grammar);
      for (long seed = 0; seed < 20; seed++) {
        try (TextSession session = pieces.newSession()) {
          int bos = pieces.tokenizer().vocabulary().bos().orElseThrow();
          var options = anyTokens(seed, 12, constraint);
          var text = session.generate(new int[] {bos}, options).text();
          assertTrue(constraint.matches(text), "'" + text + "'");
          var after = session.generate("z", options).text();
          assertTrue(constraint.matches(after), "'" + after + "'");
        }
      }
    }
  }

  @Test
  void showsTheControlTokensThatItsGrammarNames() {
    for (var model : List.of(bytes, pieces)) {
      int bos = model.tokenizer().vocabulary().bos().orElseThrow();
      String text = model.tokenizer().vocabulary().text(bos);
      var grammar = Gbnf.parse("root ::= \"a\" <[%d]> \"b\"".formatted(bos));
      var constraint = model.constraints().compile(grammar);
      try (TextSession session = model.newSession()) {
        var generation = session.generate("z", anyTokens(1, 12, constraint));
        assertEquals("a" + text + "b", generation.text());
        assertTrue(generation.isComplete());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 8, 13})
  void isCompleteEvenIfFewTokensAreLeft(int maxTokens) {
    // A name and a colon take three tokens at least: brackets, quotes and colon are bytes.
    var constraint =
        bytes.constraints().compile(Gbnf.parse("root ::= \"[\" ( root | [^\\]]* ) \"]\""));
    for (long seed = 0; seed < 30; seed++) {
      try (TextSession session = bytes.newSession()) {
        var generation = session.generate("x", anyTokens(seed, maxTokens, constraint));
        var text = generation.text();
        assertTrue(generation.isComplete(), text);
        assertTrue(constraint.matches(text), text);
      }
    }
  }

  @Test
  void isCompleteEvenIfTheContextIsNearlyFull() {
    var constraint = bytes.constraints().compile(Gbnf.parse(JSON));
    for (long seed = 0; seed < 30; seed++) {
      try (TextSession session = bytes.newSession(SessionOptions.DEFAULT.withContextLength(16))) {
        int[] prompt = {5, 6, 7, 8, 9, 10, 11};
        var generation = session.generate(prompt, anyTokens(seed, 0, constraint));
        var text = generation.text();
        assertTrue(generation.isComplete(), text);
        assertTrue(constraint.matches(text), text);
      }
    }
  }

  @Test
  void saysThatItIsIncompleteWhereThereIsNoRoom() {
    var constraint = bytes.constraints().compile(RegularExpression.parse("#{9}"));
    try (TextSession session = bytes.newSession()) {
      var generation = session.generate("x", anyTokens(1, 5, constraint));
      assertEquals("#####", generation.text());
      assertFalse(generation.isComplete());
      assertEquals(Optional.of(FinishReason.LENGTH), generation.finishReason());
    }
  }

  @Test
  void endsWhereNothingCanFollowEvenIfTokensThatEndTheTextAreIgnored() {
    var constraint = bytes.constraints().compile(RegularExpression.parse("#{3}"));
    for (boolean ignore : new boolean[] {false, true}) {
      try (TextSession session = bytes.newSession()) {
        var options = anyTokens(1, 9, constraint).withIgnoreEnd(ignore);
        var generation = session.generate("x", options);
        assertEquals("###", generation.text());
        assertTrue(generation.isComplete());
        assertEquals(Optional.of(FinishReason.STOP), generation.finishReason());
        assertEquals(3, generation.statistics().generatedTokens());
      }
    }
  }

  @Test
  void goesOnAsFarAsItMayIfTokensThatEndTheTextAreIgnored() {
    var constraint = bytes.constraints().compile(RegularExpression.parse("#*"));
    try (TextSession session = bytes.newSession()) {
      var options = anyTokens(1, 40, constraint).withIgnoreEnd(true);
      assertEquals("#".repeat(40), session.generate("x", options).text());
    }
  }

  @Test
  void isEmptyWhereNothingIsAllowed() {
    var constraint = bytes.constraints().compile(RegularExpression.parse(""));
    try (TextSession session = bytes.newSession()) {
      var generation = session.generate("x", anyTokens(1, 9, constraint));
      assertEquals("", generation.text());
      assertEquals(Optional.of(FinishReason.STOP), generation.finishReason());
    }
  }

  @Test
  void mayBeCutByAStopStringAndSaysThatItIsIncompleteThen() {
    var constraint = bytes.constraints().compile(RegularExpression.parse("##---##"));
    try (TextSession session = bytes.newSession()) {
      var options = anyTokens(1, 40, constraint).withStopStrings(List.of("---"));
      var generation = session.generate("x", options);
      assertEquals("##", generation.text());
      assertEquals(Optional.of(FinishReason.STOP_STRING), generation.finishReason());
      assertFalse(generation.isComplete());
    }
  }

  @Test
  void holdsEveryAnswerOfAChatToItAnew() {
    var constraint = bytes.constraints().compile(Gbnf.parse("root ::= \"yes\" | \"no\""));
    try (TextSession session = bytes.newSession()) {
      var messages = new ArrayList<ChatMessage>();
      for (int turn = 0; turn < 4; turn++) {
        messages.add(ChatMessage.user("?"));
        var answer = session.chat(messages, anyTokens(turn, 9, constraint)).text();
        assertTrue(List.of("yes", "no").contains(answer), answer);
        messages.add(ChatMessage.assistant(answer));
      }
    }
  }

  @Test
  void hasLogprobsOfTheTokensThatWereAllowed() {
    var constraint = bytes.constraints().compile(RegularExpression.parse("[#~]{5}"));
    try (TextSession session = bytes.newSession()) {
      var wanted = new LogprobOptions(1000, true, false);
      for (Piece piece : session.generate("x", anyTokens(1, 9, constraint).withLogprobs(wanted))) {
        var logprobs = piece.logprobs().orElseThrow();
        assertEquals(2, logprobs.top().size());
        assertEquals(
            1, logprobs.top().stream().mapToDouble(t -> Math.exp(t.logprob())).sum(), 1e-12);
      }
    }
  }

  @Test
  void differsWithTheSeedAndIsTheSameWithTheSameSeed() {
    var constraint = bytes.constraints().compile(Gbnf.parse(JSON));
    try (TextSession session = bytes.newSession();
        TextSession other = bytes.newSession();
        TextSession third = bytes.newSession()) {
      var text = session.generate("x", anyTokens(1, 30, constraint)).text();
      assertEquals(text, other.generate("x", anyTokens(1, 30, constraint)).text());
      assertNotEquals(text, third.generate("x", anyTokens(2, 30, constraint)).text());
    }
  }

  @Test
  void refusesAConstraintOfAnotherModel() {
    var other = new ConstraintCompiler(pieces.tokenizer()).compile(Gbnf.parse(JSON));
    try (TextSession session = bytes.newSession()) {
      var refusal =
          assertThrows(
              IllegalArgumentException.class, () -> session.generate("x", anyTokens(1, 9, other)));
      assertEquals(
          "the constraint was compiled for another model; compile it for this one",
          refusal.getMessage());
    }
  }
}
