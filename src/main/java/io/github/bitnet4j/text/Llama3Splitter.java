package io.github.bitnet4j.text;

import static io.github.bitnet4j.text.CharClass.LETTER;
import static io.github.bitnet4j.text.CharClass.LINE_BREAK;
import static io.github.bitnet4j.text.CharClass.NUMBER;
import static io.github.bitnet4j.text.CharClass.OTHER;
import static io.github.bitnet4j.text.CharClass.PUNCTUATION;
import static io.github.bitnet4j.text.CharClass.SPACE;

/**
 * Llama 3's expression and Qwen 2's, which differ in how many digits stay together.
 *
 * @param longestNumber the most digits in a piece
 */
record Llama3Splitter(int longestNumber) implements PieceSplitter {
  private static final int LETTERS = CharClass.set(LETTER);
  private static final int NUMBERS = CharClass.set(NUMBER);
  private static final int SYMBOLS = CharClass.set(OTHER, PUNCTUATION);
  private static final int LINE_BREAKS = CharClass.set(LINE_BREAK);
  private static final int SPACES = CharClass.set(SPACE, LINE_BREAK);

  @Override
  public int pieceEnd(char[] text, int start, int limit) {
    int first = CharClass.at(text, start, limit);
    int next = start + CharClass.length(first);
    if (CharClass.in(LETTERS, first)) {
      return CharClass.runEnd(text, next, limit, LETTERS);
    }
    if (CharClass.in(NUMBERS, first)) {
      return numberEnd(text, next, limit);
    }
    if (text[start] == '\'') {
      int end = contractionEnd(text, next, limit);
      if (end > next) {
        return end;
      }
    }
    if (CharClass.in(LINE_BREAKS, first)) {
      return spaceEnd(text, start, limit);
    }
    int second = next < limit ? CharClass.at(text, next, limit) : LINE_BREAK;
    if (CharClass.in(LETTERS, second)) {
      return CharClass.runEnd(text, next, limit, LETTERS);
    }
    if (CharClass.in(SYMBOLS, first) || text[start] == ' ' && CharClass.in(SYMBOLS, second)) {
      int end = CharClass.runEnd(text, next, limit, SYMBOLS);
      return CharClass.runEnd(text, end, limit, LINE_BREAKS);
    }
    return spaceEnd(text, start, limit);
  }

  private int numberEnd(char[] text, int second, int limit) {
    int end = second;
    for (int digits = 1; digits < longestNumber && end < limit; digits++) {
      int found = CharClass.at(text, end, limit);
      if (!CharClass.in(NUMBERS, found)) {
        break;
      }
      end += CharClass.length(found);
    }
    return end;
  }

  /** The end of the contraction whose letters begin at {@code from}; {@code from} if none does. */
  private static int contractionEnd(char[] text, int from, int limit) {
    if (from == limit) {
      return from;
    }
    char first = folded(text[from]);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
      return from + 1;
    }
    if (from + 1 == limit) {
      return from;
    }
    char second = folded(text[from + 1]);
    boolean two = second == 'e' && (first == 'r' || first == 'v') || first == 'l' && second == 'l';
    return two ? from + 2 : from;
  }

  /** The lower case of an ASCII letter and of what Unicode folds to one: ſ is a form of s. */
  private static char folded(char c) {
    return c == 'ſ' ? 's' : c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }

  /** Space through its last line break, else all but what precedes text, else a single one. */
  private static int spaceEnd(char[] text, int start, int limit) {
    int end = CharClass.runEnd(text, start, limit, SPACES);
    for (int i = end - 1; i >= start; i--) {
      if (text[i] == '\n' || text[i] == '\r') {
        return i + 1;
      }
    }
    return end == limit || end == start + 1 ? end : end - 1;
  }
}
