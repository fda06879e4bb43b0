package io.github.bitnet4j.constraint;

/** A text that is being read, code point by code point, with a place to blame. */
final class SourceText {
  /** Stands for the end of the text. */
  static final int END = -1;

  private static final int MOST_LENGTH = 10_000_000;
  private static final int MOST_REPETITIONS = 1_000_000;

  private final int[] codePoints;
  private int at;

  /**
   * A text, to be read from its start.
   *
   * @throws GrammarException if it has an unpaired surrogate or is too long
   */
  SourceText(String text) {
    if (text.length() > MOST_LENGTH) {
      throw new GrammarException(
          1, 1, "the text is too long: it may have %d characters".formatted(MOST_LENGTH));
    }
    codePoints = text.codePoints().toArray();
    for (int i = 0; i < codePoints.length; i++) {
      if (codePoints[i] >= 0xD800 && codePoints[i] <= 0xDFFF) {
        throw error(i, "there is an unpaired surrogate, which is no character");
      }
    }
  }

  int position() {
    return at;
  }

  void moveTo(int position) {
    at = position;
  }

  /** The next code point, or {@link #END}. */
  int peek() {
    return peek(0);
  }

  /** The code point so many after the next, or {@link #END}. */
  int peek(int ahead) {
    return at + ahead < codePoints.length ? codePoints[at + ahead] : END;
  }

  /** Takes the next code point. */
  int next() {
    return codePoints[at++];
  }

  boolean isAtEnd() {
    return at == codePoints.length;
  }

  /** Takes {@code text} if it is next. */
  boolean take(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (peek(i) != text.charAt(i)) {
        return false;
      }
    }
    at += text.length();
    return true;
  }

  /**
   * Takes digits as a number.
   *
   * @throws GrammarException if there are none, or the number is too large for a repetition
   */
  int repetitions() {
    int start = at;
    int number = number("a number of repetitions");
    if (number > MOST_REPETITIONS) {
      throw error(start, "a repetition may go to %d times".formatted(MOST_REPETITIONS));
    }
    return number;
  }

  /**
   * Takes digits as a number; one that is too large becomes the largest int.
   *
   * @throws GrammarException if there are none
   */
  int number(String what) {
    int start = at;
    long number = 0;
    while (isDigit(peek())) {
      number = Math.min(number * 10 + next() - '0', Integer.MAX_VALUE);
    }
    if (at == start) {
      throw expected(what);
    }
    return (int) number;
  }

  /** Takes exactly {@code digits} hexadecimal digits as a code point. */
  int hex(int digits) {
    int start = at;
    long number = 0;
    for (int i = 0; i < digits; i++) {
      int digit = peek() == END || peek() > 'f' ? -1 : Character.digit((char) peek(), 16);
      if (digit < 0) {
        throw expected("%d hexadecimal digits".formatted(digits));
      }
      number = number * 16 + digit;
      at++;
    }
    if (number > Character.MAX_CODE_POINT) {
      throw error(start, "U+%X is no code point".formatted(number));
    }
    return (int) number;
  }

  static boolean isDigit(int codePoint) {
    return codePoint >= '0' && codePoint <= '9';
  }

  /** A refusal of what comes next. */
  GrammarException expected(String what) {
    return error(
        at,
        "expected %s, not %s"
            .formatted(what, isAtEnd() ? "the end of the text" : describe(peek())));
  }

  /** A refusal of what is at a position. */
  GrammarException error(int position, String problem) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < position; i++) {
      if (codePoints[i] == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
    }
    return new GrammarException(line, column, problem);
  }

  static String describe(int codePoint) {
    return switch (codePoint) {
      case '\n' -> "a line break";
      case '\r' -> "a carriage return";
      case '\t' -> "a tab";
      case ' ' -> "a space";
      default ->
          Character.isISOControl(codePoint)
              ? "U+%04X".formatted(codePoint)
              : "'%s'".formatted(Character.toString(codePoint));
    };
  }
}
