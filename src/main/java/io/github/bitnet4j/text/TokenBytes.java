package io.github.bitnet4j.text;

import java.util.Arrays;

/**
 * The bytes to write for tokens that follow each other. Where encoding put a space in front of
 * text, at its start and after each special token, one is taken away again. For one thread.
 */
final class TokenBytes {
  private static final byte[] NOTHING = new byte[0];

  private final Vocabulary vocabulary;
  private final ControlTokens controlTokens;
  private final boolean removesSpacePrefix;
  private boolean atPrefix;

  TokenBytes(Vocabulary vocabulary, ControlTokens controlTokens, boolean removesSpacePrefix) {
    this.vocabulary = vocabulary;
    this.controlTokens = controlTokens;
    this.removesSpacePrefix = removesSpacePrefix;
    restart();
  }

  /** The next token is the first of a text. */
  void restart() {
    atPrefix = removesSpacePrefix;
  }

  /** The next token follows {@code token}, which is written elsewhere. */
  void continueAfter(int token) {
    atPrefix = dropsSpaceAfter(token);
  }

  /** Whether a space that the token after {@code token} begins with is taken away. */
  boolean dropsSpaceAfter(int token) {
    return removesSpacePrefix && isSpecial(vocabulary.type(token));
  }

  /**
   * The bytes of the next token, not to be changed.
   *
   * @throws IllegalArgumentException if {@code token} is outside the vocabulary
   */
  byte[] accept(int token) {
    var type = vocabulary.type(token);
    byte[] bytes = vocabulary.sharedBytes(token);
    if (atPrefix && !isSpecial(type) && bytes.length > 0) {
      atPrefix = false;
      return bytes[0] == ' ' ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }
    continueAfter(token);
    return type == TokenType.CONTROL && controlTokens == ControlTokens.OMIT ? NOTHING : bytes;
  }

  /** Whether encoding cuts text around such tokens. Most unknown tokens stand for text itself. */
  private static boolean isSpecial(TokenType type) {
    return switch (type) {
      case CONTROL, USER_DEFINED -> true;
      case UNDEFINED, NORMAL, UNKNOWN, UNUSED, BYTE -> false;
    };
  }
}
