package io.github.bitnet4j.text;

/**
 * Turns tokens that arrive one by one into text, never emitting half a UTF-8 sequence: the text of
 * a character appears with the token that completes it. What all calls return, joined, equals
 * {@link Tokenizer#decode(ControlTokens, int...)} of all tokens. For one thread.
 */
public final class TokenStream {
  private final TokenBytes tokenBytes;
  private final Utf8Decoder decoder = new Utf8Decoder();

  TokenStream(TokenBytes tokenBytes) {
    this.tokenBytes = tokenBytes;
  }

  /**
   * The text completed by {@code token}; empty while a character is incomplete.
   *
   * @throws IllegalArgumentException if {@code token} is outside the vocabulary
   */
  public String accept(int token) {
    return decoder.accept(tokenBytes.accept(token));
  }

  /**
   * Ends the text: a character left incomplete becomes U+FFFD. The stream then starts afresh, at
   * the beginning of a text.
   */
  public String finish() {
    tokenBytes.restart();
    return decoder.finish();
  }
}
