package io.github.bitnet4j.text;

/**
 * The classes of characters that pre-tokenizers tell apart, looked up in a table for the Basic
 * Multilingual Plane. Unicode's properties are those of the running JDK's version of Unicode.
 */
final class CharClass {
  /** Neither letter, number, space nor one of {@link #PUNCTUATION}; also an unpaired surrogate. */
  static final int OTHER = 0;

  /** {@code [\p{P}$+<=>^~|]}: punctuation, and the symbols the default expressions add to it. */
  static final int PUNCTUATION = 1;

  /** {@code \p{L}}. */
  static final int LETTER = 2;

  /** {@code \p{N}}. */
  static final int NUMBER = 3;

  /** The property White_Space without {@link #LINE_BREAK}. All of it is in the first plane. */
  static final int SPACE = 4;

  /** {@code [\r\n]}. */
  static final int LINE_BREAK = 5;

  private static final int CLASS_MASK = 7;

  /** Set in what {@link #at} returns for a character that takes two chars. */
  private static final int WIDE = 8;

  private static final byte HIGH_SURROGATE = -1;
  private static final byte[] BASIC_PLANE = new byte[0x10000];

  static {
    for (int c = 0; c < BASIC_PLANE.length; c++) {
      BASIC_PLANE[c] = Character.isHighSurrogate((char) c) ? HIGH_SURROGATE : (byte) classify(c);
    }
  }

  private CharClass() {}

  /** Whether {@code c} is a letter of the Basic Multilingual Plane. */
  static boolean isLetter(char c) {
    return BASIC_PLANE[c] == LETTER;
  }

  /** Whether {@code c} has the property White_Space. */
  static boolean isSpace(char c) {
    return BASIC_PLANE[c] >= SPACE;
  }

  /** A set of classes, for {@link #in} and {@link #runEnd}. */
  static int set(int... classes) {
    int set = 0;
    for (int one : classes) {
      set |= 1 << one;
    }
    return set;
  }

  /** The class of the character at {@code i}, below {@code limit}, and whether it is wide. */
  static int at(char[] text, int i, int limit) {
    int found = BASIC_PLANE[text[i]];
    return found >= 0 ? found : atHighSurrogate(text, i, limit);
  }

  /** The set of the one class that {@link #at} returned. */
  static int setOf(int found) {
    return 1 << (found & CLASS_MASK);
  }

  /** Whether what {@link #at} returned is of a class in {@code set}. */
  static boolean in(int set, int found) {
    return (set >>> (found & CLASS_MASK) & 1) != 0;
  }

  /** The number of chars of a character, from what {@link #at} returned for it. */
  static int length(int found) {
    return 1 + found / WIDE;
  }

  /** Where the characters of the classes in {@code set} that stand at {@code from} end. */
  static int runEnd(char[] text, int from, int limit, int set) {
    int i = from;
    while (i < limit) {
      int found = at(text, i, limit);
      if (!in(set, found)) {
        break;
      }
      i += length(found);
    }
    return i;
  }

  private static int atHighSurrogate(char[] text, int i, int limit) {
    return i + 1 < limit && Character.isLowSurrogate(text[i + 1])
        ? WIDE | classify(Character.toCodePoint(text[i], text[i + 1]))
        : OTHER;
  }

  private static int classify(int codePoint) {
    if (codePoint == '\r' || codePoint == '\n') {
      return LINE_BREAK;
    }
    if (codePoint >= '\t' && codePoint <= '\r' || codePoint == 0x85) {
      return SPACE;
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          SPACE;
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          PUNCTUATION;
      default -> "$+<=>^~|".indexOf(codePoint) >= 0 ? PUNCTUATION : OTHER;
    };
  }
}
