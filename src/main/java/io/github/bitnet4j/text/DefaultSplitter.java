package io.github.bitnet4j.text;

import static io.github.bitnet4j.text.CharClass.LETTER;
import static io.github.bitnet4j.text.CharClass.LINE_BREAK;
import static io.github.bitnet4j.text.CharClass.NUMBER;
import static io.github.bitnet4j.text.CharClass.OTHER;
import static io.github.bitnet4j.text.CharClass.PUNCTUATION;
import static io.github.bitnet4j.text.CharClass.SPACE;

/**
 * The four default expressions in one pass. Since the first of them cuts punctuation off, later
 * ones see no contraction, and for them a text ends where punctuation begins.
 */
record DefaultSplitter() implements PieceSplitter {
  private static final int LETTERS = CharClass.set(LETTER);
  private static final int NUMBERS = CharClass.set(NUMBER);
  private static final int PUNCTUATIONS = CharClass.set(PUNCTUATION);
  private static final int OTHERS = CharClass.set(OTHER);
  private static final int SPACES = CharClass.set(SPACE, LINE_BREAK);

  @Override
  public int pieceEnd(char[] text, int start, int limit) {
    int first = CharClass.at(text, start, limit);
    if (CharClass.in(NUMBERS, first)) {
      return numberEnd(text, start, limit);
    }
    if (CharClass.in(SPACES, first)) {
      return spaceEnd(text, start, limit);
    }
    return CharClass.runEnd(text, start, limit, CharClass.setOf(first));
  }

  /** Three ASCII digits, or what there is of a number before the next three. */
  private static int numberEnd(char[] text, int start, int limit) {
    int i = start;
    while (i < limit) {
      if (isThreeDigits(text, i, limit)) {
        return i == start ? i + 3 : i;
      }
      int found = CharClass.at(text, i, limit);
      if (!CharClass.in(NUMBERS, found)) {
        break;
      }
      i += CharClass.length(found);
    }
    return i;
  }

  private static boolean isThreeDigits(char[] text, int i, int limit) {
    return i + 3 <= limit && isDigit(text[i]) && isDigit(text[i + 1]) && isDigit(text[i + 2]);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int spaceEnd(char[] text, int start, int limit) {
    int end = CharClass.runEnd(text, start, limit, SPACES);
    int next = end < limit ? CharClass.at(text, end, limit) : PUNCTUATION;
    if (CharClass.in(PUNCTUATIONS, next)) {
      return end;
    }
    if (end > start + 1) {
      return end - 1;
    }
    if (text[start] == ' ' && CharClass.in(LETTERS, next)) {
      return CharClass.runEnd(text, end, limit, LETTERS);
    }
    if (text[start] == ' ' && CharClass.in(OTHERS, next)) {
      return CharClass.runEnd(text, end, limit, OTHERS);
    }
    return end;
  }
}
