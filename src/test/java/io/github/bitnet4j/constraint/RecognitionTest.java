package io.github.bitnet4j.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecognitionTest {
  private static final int SEEDS = 600;
  private static final String[] CHARACTERS = {"a", "b", "c", "é", "ê", "€"};
  private static final int LONGEST = 4;
  private static final List<String> TEXTS = texts();
  private static final ConstraintCompiler COMPILER =
      new ConstraintCompiler(Vocabularies.bytes(1, "abcéê€"));

  static LongStream seeds() {
    return LongStream.range(1000, 1000 + SEEDS);
  }

  private static List<String> texts() {
    var all = new ArrayList<>(List.of(""));
    for (int from = 0, length = 0; length < LONGEST; length++) {
      int to = all.size();
      for (int i = from; i < to; i++) {
        for (var character : CHARACTERS) {
          all.add(all.get(i) + character);
        }
      }
      from = to;
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void takesTheTextsOfARandomGrammarAndNoOthers(long seed) {
    var grammar = RandomGrammars.of(seed);
    var judge = new NaiveMatcher(grammar);
    var constraint = COMPILER.compile(grammar);
    for (var text : TEXTS) {
      assertEquals(judge.matches(text), constraint.matches(text), () -> text + " of " + grammar);
      assertEquals(
          judge.matchesStart(text.getBytes(StandardCharsets.UTF_8)),
          constraint.matchesStart(text),
          () -> "start " + text + " of " + grammar);
    }
  }
}
