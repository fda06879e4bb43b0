package io.github.bitnet4j.constraint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.sampling.Candidates;
import io.github.bitnet4j.text.Tokenizer;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConstraintMatcherTest {
  private static final int EOS = 1;
  private static final int UNUSED_A = 2;
  private static final int FIRST_BYTE = 3;
  private static final int FIRST_PIECE = FIRST_BYTE + 256;

  private static ConstraintMatcher matcher(Tokenizer tokenizer, String grammar) {
    return new ConstraintCompiler(tokenizer).compile(Gbnf.parse(grammar)).newMatcher();
  }

  private static int byteToken(int value) {
    return FIRST_BYTE + value;
  }

  @Test
  void tokensAreJudgedByAllOfTheirBytes() {
    var matcher = matcher(Vocabularies.withPieces("ab", "abc", "bc", "b"), "root ::= \"abc\"");
    assertArrayEquals(
        new int[] {byteToken('a'), FIRST_PIECE, FIRST_PIECE + 1}, matcher.allowedTokens());
    matcher.accept(byteToken('a'));
    assertArrayEquals(
        new int[] {byteToken('b'), FIRST_PIECE + 2, FIRST_PIECE + 3}, matcher.allowedTokens());
  }

  @Test
  void aCharacterMayBeSpreadOverTokens() {
    var matcher = matcher(Vocabularies.withPieces(), "root ::= [à-ï]");
    assertArrayEquals(new int[] {byteToken(0xC3)}, matcher.allowedTokens());
    matcher.accept(byteToken(0xC3));
    assertEquals(16, matcher.allowedTokens().length);
    assertFalse(matcher.isComplete());
    matcher.accept(byteToken(0xA9));
    assertTrue(matcher.isFinished());
  }

  @Test
  void theEndMayComeWhereTheTextIsCompleteAndOnlyThere() {
    var matcher = matcher(Vocabularies.withPieces(), "root ::= \"a\" \"b\"?");
    assertFalse(matcher.allows(EOS));
    matcher.accept(byteToken('a'));
    assertArrayEquals(new int[] {EOS, byteToken('b')}, matcher.allowedTokens());
    assertTrue(matcher.isComplete());
    assertFalse(matcher.isFinished());
    matcher.accept(byteToken('b'));
    assertArrayEquals(new int[] {EOS}, matcher.allowedTokens());
    assertTrue(matcher.isFinished());
  }

  @Test
  void controlAndUnusedTokensAreNeverAllowed() {
    var matcher = matcher(Vocabularies.withPieces(), "root ::= .*");
    assertFalse(matcher.allows(0));
    assertFalse(matcher.allows(UNUSED_A));
    assertTrue(matcher.allows(byteToken('a')));
  }

  @Test
  void refusesATokenThatIsNotAllowedAndSaysWhatIs() {
    var matcher = matcher(Vocabularies.withPieces(), "root ::= \"a\" [0-9 ]");
    matcher.accept(byteToken('a'));
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> matcher.accept(byteToken('b')));
    assertEquals(
        "token 101, \"b\", is not allowed after 1 bytes of text; the constraint allows byte 0x20,"
            + " '0' to '9'",
        refusal.getMessage());
    assertTrue(matcher.allows(byteToken('7')), "the text so far stays");
  }

  @Test
  void forksGoOnApartAndResetBeginsAgain() {
    var matcher = matcher(Vocabularies.withPieces(), "root ::= \"ab\" | \"ac\"");
    matcher.accept(byteToken('a'));
    var fork = matcher.fork();
    matcher.accept(byteToken('b'));
    assertTrue(matcher.isFinished());
    assertArrayEquals(new int[] {byteToken('b'), byteToken('c')}, fork.allowedTokens());
    fork.reset();
    assertArrayEquals(new int[] {byteToken('a')}, fork.allowedTokens());
  }

  @Test
  void saysSoIfNoTokenOfTheVocabularyCanFollow() {
    var matcher = matcher(Vocabularies.pieces(false, "a", "b"), "root ::= \"a\" \"x\"");
    matcher.accept(3);
    var candidates = new Candidates();
    candidates.load(MemorySegment.ofArray(new float[5]));
    var failure =
        assertThrows(
            IllegalStateException.class, () -> matcher.keepAllowed(candidates, Long.MAX_VALUE));
    assertEquals(
        "no token of the vocabulary can follow 1 bytes of text; the constraint allows 'x'",
        failure.getMessage());
    assertEquals(OptionalInt.empty(), matcher.tokensNeeded());
  }

  @Test
  void countsTheTokensThatATextTakes() {
    var tokenizer = Vocabularies.withPieces("name", "\": \"", "{\"");
    assertEquals(
        OptionalInt.of(5),
        matcher(tokenizer, "root ::= \"{\\\"name\\\": \\\"\" [a-z]* \"\\\"}\"").tokensNeeded());
  }

  @Test
  void keepsToTokensAfterWhichThereIsRoomForTheRest() {
    var matcher = matcher(Vocabularies.withPieces(), "root ::= \"(\" root \")\" | \"-\" \"x\"*");
    for (int i = 0; i < 4; i++) {
      matcher.accept(byteToken('('));
    }
    assertEquals(OptionalInt.of(5), matcher.tokensNeeded());
    assertArrayEquals(new int[] {byteToken('-')}, allowed(matcher, 4));
    assertArrayEquals(new int[] {byteToken('-')}, allowed(matcher, 5));
    assertArrayEquals(new int[] {byteToken('('), byteToken('-')}, allowed(matcher, 6));
    // Where there is no room anyway, nothing is ruled out.
    assertArrayEquals(new int[] {byteToken('('), byteToken('-')}, allowed(matcher, 3));
  }

  private static int[] allowed(ConstraintMatcher matcher, long tokensLeft) {
    var candidates = new Candidates();
    candidates.load(MemorySegment.ofArray(new float[FIRST_PIECE]));
    matcher.keepAllowed(candidates, tokensLeft);
    var ids = new int[candidates.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = candidates.id(i);
    }
    return ids;
  }

  @Test
  void aSpaceThatIsNotWrittenIsNotPartOfTheText() {
    var tokenizer = Vocabularies.pieces(false, "▁a", "a", "▁", "[<x>]", "▁▁a");
    var constraint =
        new ConstraintCompiler(tokenizer)
            .compile(Gbnf.parse("root ::= \"a\" \" a\"* (\"<x>\" \"a\")*"));
    var matcher = constraint.newMatcherAfter(1);
    assertArrayEquals(new int[] {3, 4, 5}, matcher.allowedTokens());
    matcher.accept(5);
    assertArrayEquals(new int[] {4}, matcher.allowedTokens());
    matcher.accept(4);
    assertArrayEquals(new int[] {2, 3, 5, 6}, matcher.allowedTokens());
    matcher.accept(6);
    assertArrayEquals(new int[] {3, 4, 5}, matcher.allowedTokens());
    assertArrayEquals(new int[] {4}, constraint.newMatcher().allowedTokens());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root ::= \"a\"{3,20} \"b\"",
        "root ::= \"a\"{0,9} \"b\"",
        "root ::= \"a\"{30,} \"b\"",
        "root ::= (\"a\" | \"aa\"){8,17} \"b\"",
        "root ::= item{0,12} \"b\"\nitem ::= \"a\"{1,3}",
        "root ::= \"a\" root \"b\" | \"a\"{0,18}"
      })
  void longTokensAreHeldToTheLimitsOfRepetitions(String grammar) {
    var pieces = IntStream.rangeClosed(2, 40).mapToObj("a"::repeat).toList();
    var withEnds = new ArrayList<>(pieces);
    pieces.forEach(piece -> withEnds.add(piece + "b"));
    var tokenizer = Vocabularies.withPieces(withEnds.toArray(String[]::new));
    var judge = new NaiveMatcher(Gbnf.parse(grammar));
    var matcher = matcher(tokenizer, grammar);
    for (var text = ""; text.length() < 24 && matcher.allows(byteToken('a')); text += "a") {
      var so = text;
      int[] expected =
          IntStream.range(FIRST_BYTE, tokenizer.vocabulary().size())
              .filter(id -> judge.matchesStart(joined(so, tokenizer.vocabulary().bytes(id))))
              .toArray();
      int[] allowed =
          IntStream.of(matcher.allowedTokens()).filter(id -> id >= FIRST_BYTE).toArray();
      assertArrayEquals(expected, allowed, "after " + text);
      matcher.accept(byteToken('a'));
    }
  }

  private static byte[] joined(String text, byte[] token) {
    byte[] all = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), text.length() + token.length);
    System.arraycopy(token, 0, all, text.length(), token.length);
    return all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root ::= \"a\"{100000,1000000}",
        "root ::= (\"a\"{0,1000}){0,1000}",
        "root ::= (\"a\" | \"aa\" | \"aaa\"){3,1000000}",
        "root ::= (\"a\"* \"b\"?)*",
        "root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"\"",
        "root ::= \"a\" root | \"a\""
      })
  void longAndAmbiguousTextsAreFollowed(String grammar) {
    var matcher = matcher(Vocabularies.withPieces("aa", "aaaa", "ab"), grammar);
    for (int i = 0; i < 400; i++) {
      int[] allowed = matcher.allowedTokens();
      assertTrue(Arrays.binarySearch(allowed, byteToken('a')) >= 0);
      matcher.accept(byteToken('a'));
    }
  }

  /** Each was once read on its own from its first byte on, and 5,000 were too many. */
  @Test
  void oneOfManyTextsMayBeChosen() {
    var texts = IntStream.range(0, 20_000).mapToObj(i -> "word" + i).toList();
    var matcher =
        matcher(
            Vocabularies.withPieces("word", "99"),
            "root ::= \"" + String.join("\" | \"", texts) + "\"");
    for (char c : "word1999".toCharArray()) {
      matcher.accept(byteToken(c));
    }
    assertTrue(matcher.isComplete());
    assertEquals(11, matcher.allowedTokens().length, "a digit or the end");
    matcher.accept(byteToken('7'));
    assertTrue(matcher.isFinished());
  }

  @Test
  void textsThatAreLongAlikeAreFollowed() {
    String start = "x".repeat(30_000);
    var matcher =
        matcher(
            Vocabularies.withPieces(),
            "root ::= \"%sa\" | \"%sb\" | \"%s\"".formatted(start, start, start));
    for (int i = 0; i < start.length(); i++) {
      assertFalse(matcher.isComplete());
      matcher.accept(byteToken('x'));
    }
    assertTrue(matcher.isComplete());
    assertTrue(matcher.allows(byteToken('a')));
    assertTrue(matcher.allows(byteToken('b')));
    assertFalse(matcher.allows(byteToken('x')));
  }

  @Test
  void aGrammarThatIsAmbiguousBeyondUseIsGivenUp() {
    var pieces = IntStream.range(0, 2000).mapToObj(Vocabularies::letters).toArray(String[]::new);
    var matcher =
        matcher(
            Vocabularies.withPieces(pieces),
            "root ::= s\ns ::= [a-z] s [a-z]? | [a-z] | z\nz ::= [a-y] s z | [a-z]{1,50}");
    var failure =
        assertThrows(
            IllegalStateException.class,
            () -> {
              for (int i = 0; i < 50; i++) {
                matcher.allowedTokens();
                matcher.accept(byteToken('a'));
              }
            });
    assertTrue(failure.getMessage().startsWith("the grammar is too ambiguous: "));
  }

  /** Counting tokens rule by rule in the wrong order once took minutes here. */
  @Test
  void rulesMayReferBackAndForth() {
    var grammar = new StringBuilder("root ::= r0\n");
    int length = 20_000;
    for (int i = 0; i < length; i++) {
      grammar.append(
          "r%d ::= \"(\" r%d \")\" | \"z\" r%d%n"
              .formatted(i, (i + 1) % length, i == 0 ? length : i - 1));
    }
    grammar.append("r%d ::= \"a\"".formatted(length));
    var matcher = matcher(Vocabularies.withPieces(), grammar.toString());
    assertEquals(OptionalInt.of(2), matcher.tokensNeeded());
    for (int i = 1; i <= 10; i++) {
      matcher.accept(byteToken('('));
      assertEquals(OptionalInt.of(2 + 2 * i), matcher.tokensNeeded());
    }
  }

  @Test
  void textsMayBeNestedDeep() {
    var matcher = matcher(Vocabularies.withPieces("[[", "]]"), "root ::= \"[\" root? \"]\"");
    int depth = 20_000;
    for (int i = 0; i < depth; i++) {
      matcher.accept(byteToken('['));
    }
    assertEquals(OptionalInt.of(depth), matcher.tokensNeeded());
    for (int i = 0; i < depth; i++) {
      assertFalse(matcher.isComplete());
      matcher.accept(byteToken(']'));
    }
    assertTrue(matcher.isFinished());
  }

  @Test
  void rulesMayFollowEachOtherInALongChain() {
    var grammar = new StringBuilder("root ::= r0\n");
    int length = 20_000;
    for (int i = 0; i < length; i++) {
      grammar.append("r%d ::= r%d \"x\"\n".formatted(i, i + 1));
    }
    grammar.append("r%d ::= \"a\"\n".formatted(length));
    var matcher = matcher(Vocabularies.withPieces(), grammar.toString());
    matcher.accept(byteToken('a'));
    assertArrayEquals(new int[] {byteToken('x')}, matcher.allowedTokens());
  }
}
