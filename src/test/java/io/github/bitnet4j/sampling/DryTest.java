package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DryTest {
  private static final int VOCABULARY = 10;

  @Test
  void aTokenThatWouldProlongARepetitionLosesByItsLength() {
    assertPenalty(1, 3, options(2), 1, 2, 3, 6, 1, 2);
    assertPenalty(2, 3, options(2), 5, 1, 2, 3, 6, 5, 1, 2);
    assertPenalty(4, 3, options(2), 4, 5, 1, 2, 3, 6, 4, 5, 1, 2);
  }

  @Test
  void repetitionsBelowTheAllowedLengthCostNothing() {
    assertPenalty(0, 3, options(3), 1, 2, 3, 6, 1, 2);
    assertPenalty(1, 3, options(3), 0, 1, 2, 3, 6, 0, 1, 2);
  }

  @Test
  void theLongestOfSeveralRepetitionsCounts() {
    assertPenalty(2, 3, options(2), 5, 1, 2, 3, 6, 1, 2, 3, 4, 5, 1, 2);
  }

  @Test
  void everyTokenThatOnceFollowedLoses() {
    assertPenalty(1, 3, options(2), 1, 2, 3, 1, 2, 4, 1, 2);
    assertPenalty(1, 4, options(2), 1, 2, 3, 1, 2, 4, 1, 2);
  }

  @Test
  void aRepetitionMayOverlapItself() {
    assertPenalty(4, 1, options(2), 1, 1, 1, 1, 1);
  }

  @Test
  void aRepetitionDoesNotReachBackOverABreaker() {
    assertPenalty(2, 3, options(2), 6, 1, 2, 3, 5, 6, 1, 2);
    assertPenalty(1, 3, options(2), 9, 1, 2, 3, 5, 9, 1, 2);
    assertPenalty(1, 3, options(2), 8, 1, 2, 3, 5, 8, 1, 2);
    assertPenalty(0, 3, options(2), 1, 9, 2, 3, 5, 1, 9, 2);
  }

  @Test
  void aBreakerMaySpanTokens() {
    assertPenalty(2, 3, options(2), 7, 1, 2, 3, 5, 7, 1, 2);
    assertPenalty(0, 3, options(2), 7, 7, 2, 3, 5, 7, 7, 2);
  }

  @Test
  void aTokenThatIsABreakerLosesNothing() {
    assertPenalty(0, 9, options(2), 1, 2, 9, 4, 1, 2);
    assertPenalty(0, 8, options(2), 1, 2, 8, 4, 1, 2);
  }

  @Test
  void itLooksNoFurtherBackThanItsWindow() {
    var five = new DryOptions(1, 2, 2, 5, List.of());
    assertPenalty(1, 3, five, 1, 2, 3, 1, 2);
    assertPenalty(0, 3, five, 1, 2, 3, 6, 1, 2);
  }

  @Test
  void itForgetsOnReset() {
    var dry = new Dry(options(2), DryTest::text);
    for (int token : new int[] {1, 2, 3, 1, 2}) {
      dry.accept(token);
    }
    dry.reset();
    assertEquals(0, penalty(dry, 3));
  }

  @Test
  void aHugePenaltyDoesNotRuleOutTheLastToken() {
    var dry = new Dry(new DryOptions(Float.MAX_VALUE, 1e30f, 1, -1, List.of()), DryTest::text);
    for (int i = 0; i < 100; i++) {
      dry.accept(0);
    }
    var candidates = Logits.candidates(Logits.of(0));
    dry.apply(candidates);
    assertEquals(-Float.MAX_VALUE, candidates.logit(0));
  }

  @Test
  void thePenaltiesOfSeededTextsAreThoseOfTheDefinition() {
    var random = new Random(5);
    for (int round = 0; round < 400; round++) {
      int window = round % 3 == 0 ? -1 : 1 + random.nextInt(40);
      List<String> breakers = round % 2 == 0 ? List.of() : List.of("\n");
      var options = new DryOptions(0.5f, 1.5f, 1 + random.nextInt(3), window, breakers);
      int[] text = random.ints(random.nextInt(60), 0, 4).map(id -> id == 3 ? 9 : id).toArray();
      var dry = new Dry(options, DryTest::text);
      for (int token : text) {
        dry.accept(token);
      }
      for (int token : new int[] {0, 1, 2, 9}) {
        assertEquals(defined(options, text, token), penalty(dry, token), 1e-4);
      }
    }
  }

  /** The definition, tried out on every place in the text. */
  private static double defined(DryOptions options, int[] text, int token) {
    boolean breaks = !options.breakers().isEmpty();
    if (breaks && token == 9) {
      return 0;
    }
    int from = options.lastN() < 0 ? 0 : Math.max(0, text.length - options.lastN());
    int longest = 0;
    for (int at = from; at < text.length; at++) {
      int length = 0;
      while (at - 1 - length >= from
          && text[at - 1 - length] == text[text.length - 1 - length]
          && !(breaks && text[text.length - 1 - length] == 9)) {
        length++;
      }
      if (text[at] == token) {
        longest = Math.max(longest, length);
      }
    }
    return longest < options.allowedLength()
        ? 0
        : options.multiplier() * Math.pow(options.base(), longest - options.allowedLength());
  }

  private static DryOptions options(int allowedLength) {
    return new DryOptions(1, 2, allowedLength, 64, List.of("\n", "##"));
  }

  private static void assertPenalty(double expected, int token, DryOptions options, int... text) {
    var dry = new Dry(options, DryTest::text);
    for (int id : text) {
      dry.accept(id);
    }
    assertEquals(expected, penalty(dry, token));
  }

  private static double penalty(Dry dry, int token) {
    var candidates = Logits.candidates(Logits.of(new float[VOCABULARY]));
    dry.apply(candidates);
    return 0.0 - candidates.logit(token);
  }

  /** Token 9 is a line break, 8 contains one, 7 is half of the breaker {@code ##}. */
  private static byte[] text(int token) {
    String text =
        switch (token) {
          case 9 -> "\n";
          case 8 -> "a\nb";
          case 7 -> "#";
          default -> " " + token;
        };
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
