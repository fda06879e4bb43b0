package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Splitters against {@link java.util.regex} running the published expressions.
 *
 * <p>{@code -Dbitnet4j.test.strings=N} tries N seeded strings per splitter instead of a few
 * thousand, and every code point instead of every one of the first plane.
 */
class SplitterTest {
  private static final int STRINGS = Integer.getInteger("bitnet4j.test.strings", 5_000);
  private static final boolean THOROUGH = STRINGS >= 1_000_000;

  @ParameterizedTest
  @EnumSource(PreTokenizer.class)
  void seededTextsAreCutAsTheExpressionsCutThem(PreTokenizer preTokenizer) {
    var regex = new RegexPieces(preTokenizer.expressions());
    var seeded = new SeededText(31);
    for (int i = 0; i < STRINGS; i++) {
      var text = seeded.next(10);
      assertEquals(regex.of(text), pieces(preTokenizer, text), text);
    }
  }

  @ParameterizedTest
  @EnumSource(PreTokenizer.class)
  void shortTextsOfWhatTheExpressionsNameAreCutAsTheExpressionsCutThem(PreTokenizer preTokenizer) {
    var regex = new RegexPieces(preTokenizer.expressions());
    var seeded = new SeededText(32);
    var alphabet =
        List.of(
            " ", " ", "\t", "\n", "\r", "\u0085", "\u3000", "'", "'", "s", "S", "ſ", "l", "L", "r",
            "e", "v", "d", "é", "1", "2", "٤", "½", "$", "!", "`", "_", "\u0301", "\0", "𝒜", "𝟙",
            "😀", "\uD83D", "\uDE00");
    for (int i = 0; i < STRINGS; i++) {
      var text = new StringBuilder();
      for (int n = seeded.nextInt(14); n >= 0; n--) {
        text.append(alphabet.get(seeded.nextInt(alphabet.size())));
      }
      var string = text.toString();
      assertEquals(regex.of(string), pieces(preTokenizer, string), string);
    }
  }

  @ParameterizedTest
  @EnumSource(PreTokenizer.class)
  void everyCharacterIsOfTheClassItHasInTheExpressions(PreTokenizer preTokenizer) {
    var regex = new RegexPieces(preTokenizer.expressions());
    int last = THOROUGH ? Character.MAX_CODE_POINT : Character.MAX_VALUE;
    for (int codePoint = 0; codePoint <= last; codePoint++) {
      var c = Character.toString(codePoint);
      var text = "'" + c + " " + c + "x" + c + "1" + c + "\n! " + c + c + "?  ";
      assertEquals(regex.of(text), pieces(preTokenizer, text), text);
    }
  }

  static List<String> pieces(PreTokenizer preTokenizer, String text) {
    var chars = text.toCharArray();
    var pieces = new ArrayList<String>();
    int end;
    for (int start = 0; start < chars.length; start = end) {
      end = preTokenizer.splitter().pieceEnd(chars, start, chars.length);
      pieces.add(text.substring(start, end));
    }
    return pieces;
  }
}
