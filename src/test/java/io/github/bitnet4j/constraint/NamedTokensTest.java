package io.github.bitnet4j.constraint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.text.TokenType;
import io.github.bitnet4j.text.Tokenizer;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A token that a grammar names")
class NamedTokensTest {
  private static final int EOS = 1;
  private static final int FIRST_BYTE = 3;
  private static final int CALL = FIRST_BYTE + 256;
  private static final int END = CALL + 1;
  private static final Tokenizer CONTROLS =
      Vocabularies.withAdded(TokenType.CONTROL, "<call>", "</call>", "[TOOL]");

  private static Constraint constraint(Tokenizer tokenizer, String grammar) {
    return new ConstraintCompiler(tokenizer).compile(Gbnf.parse(grammar));
  }

  private static int byteToken(int value) {
    return FIRST_BYTE + value;
  }

  @Test
  void mayComeWhereItIsNamedThoughItIsAControlToken() {
    var constraint = constraint(CONTROLS, "root ::= \"a\"? <call> \"b\" </call>?");
    var matcher = constraint.newMatcher();
    assertArrayEquals(new int[] {byteToken('a'), CALL}, matcher.allowedTokens());
    matcher.accept(byteToken('a'));
    assertArrayEquals(new int[] {CALL}, matcher.allowedTokens());
    matcher.accept(CALL);
    assertArrayEquals(new int[] {byteToken('b')}, matcher.allowedTokens());
    matcher.accept(byteToken('b'));
    assertArrayEquals(new int[] {EOS, END}, matcher.allowedTokens());
    matcher.accept(END);
    assertTrue(matcher.isFinished());
    assertTrue(constraint.names(CALL));
    assertFalse(constraint.names(CALL + 2));
  }

  @Test
  void mayBeNamedByItsId() {
    var matcher = constraint(CONTROLS, "root ::= <[%d]>".formatted(CALL + 2)).newMatcher();
    assertArrayEquals(new int[] {CALL + 2}, matcher.allowedTokens());
  }

  @Test
  void isNotSpelled() {
    var matcher = constraint(CONTROLS, "root ::= <call>").newMatcher();
    assertFalse(matcher.allows(byteToken('<')));
    assertFalse(constraint(CONTROLS, "root ::= <call>").matches("<call>"));
  }

  @Test
  void isTextAsWellWhereTheGrammarHasItsText() {
    var tokenizer = Vocabularies.withAdded(TokenType.USER_DEFINED, "<call>");
    var matcher =
        constraint(tokenizer, "root ::= <call> \"x\" | \"<call>\" \"y\" | \"<\"").newMatcher();
    assertArrayEquals(new int[] {byteToken('<'), CALL}, matcher.allowedTokens());
    matcher.accept(CALL);
    assertArrayEquals(new int[] {byteToken('x'), byteToken('y')}, matcher.allowedTokens());
  }

  @Test
  void isRuledOutByItsNegationWhichIsAnyOtherTokenOfText() {
    var matcher = constraint(CONTROLS, "root ::= !<call>* <call> | </call>").newMatcher();
    int[] text = IntStream.range(FIRST_BYTE, CALL).toArray();
    assertArrayEquals(
        IntStream.concat(IntStream.of(text), IntStream.of(CALL, END)).toArray(),
        matcher.allowedTokens());
    matcher.accept(byteToken(0xC3)); // half a character is a token of text, too
    assertArrayEquals(
        IntStream.concat(IntStream.of(text), IntStream.of(CALL, END)).toArray(),
        matcher.allowedTokens());
    matcher.accept(END);
    matcher.accept(CALL);
    assertTrue(matcher.isFinished());
  }

  @Test
  void isOneTokenOfThoseThatAreNeeded() {
    var matcher = constraint(CONTROLS, "root ::= <call> \"ab\" </call>").newMatcher();
    assertEquals(OptionalInt.of(4), matcher.tokensNeeded());
    matcher.accept(CALL);
    assertEquals(OptionalInt.of(3), matcher.tokensNeeded());
  }

  @Test
  void isAmongWhatARefusalSaysIsAllowed() {
    var matcher = constraint(CONTROLS, "root ::= \"a\" | <call> | !</call>").newMatcher();
    var refusal = assertThrows(IllegalArgumentException.class, () -> matcher.accept(END));
    assertEquals(
        "token 260, \"</call>\", is not allowed after 0 bytes of text; the constraint allows 'a',"
            + " token 259, \"<call>\", other tokens of text",
        refusal.getMessage());
  }

  @Test
  void mayComeInARuleThatIsCalledFromItself() {
    var matcher = constraint(CONTROLS, "root ::= <call> root </call> | \"a\"").newMatcher();
    for (int i = 0; i < 50; i++) {
      matcher.accept(CALL);
    }
    assertEquals(OptionalInt.of(51), matcher.tokensNeeded());
    matcher.accept(byteToken('a'));
    for (int i = 0; i < 50; i++) {
      assertArrayEquals(new int[] {END}, matcher.allowedTokens());
      matcher.accept(END);
    }
    assertTrue(matcher.isFinished());
  }

  @Test
  void isFollowedByTextWhoseFirstSpaceIsNotWritten() {
    var tokenizer = Vocabularies.pieces(false, "▁a", "a", "[<x>]");
    var matcher = constraint(tokenizer, "root ::= \"a\" <x> \"a\"").newMatcherAfter(1);
    matcher.accept(3);
    assertArrayEquals(new int[] {5}, matcher.allowedTokens());
    matcher.accept(5);
    assertArrayEquals(new int[] {3, 4}, matcher.allowedTokens());
  }
}
