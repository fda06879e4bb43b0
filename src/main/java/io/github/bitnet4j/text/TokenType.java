package io.github.bitnet4j.text;

import java.util.Optional;

/** The kind of a token, as numbered by {@code tokenizer.ggml.token_type}. */
public enum TokenType {
  UNDEFINED,
  /** Ordinary text. */
  NORMAL,
  /** Stands for text the vocabulary cannot express. */
  UNKNOWN,
  /** A marker such as BOS or end of turn; found in text only when special parsing is asked for. */
  CONTROL,
  /** An added piece of ordinary text that is always matched whole, before any other splitting. */
  USER_DEFINED,
  UNUSED,
  /** One raw byte of a vocabulary with byte fallback. */
  BYTE;

  private static final TokenType[] BY_CODE = values();

  /** The type numbered {@code code} in a GGUF file, or empty for a number that names none. */
  public static Optional<TokenType> ofCode(int code) {
    return code >= 0 && code < BY_CODE.length ? Optional.of(BY_CODE[code]) : Optional.empty();
  }
}
