package io.github.bitnet4j.constraint;

import io.github.bitnet4j.text.Tokenizer;
import io.github.bitnet4j.text.Vocabulary;
import java.util.Optional;

/** What the tokens of a model write, at the start of a text and within it. Thread-safe. */
final class TokenTexts {
  private final Tokenizer tokenizer;
  private final TokenTries whole;
  private Optional<TokenTries> withoutFirstSpace = Optional.empty();

  TokenTexts(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    whole = TokenTries.of(tokenizer.vocabulary());
  }

  Vocabulary vocabulary() {
    return tokenizer.vocabulary();
  }

  /** Whether the token after {@code previous} is written without a space it begins with. */
  boolean dropsSpaceAfter(int previous) {
    return tokenizer.dropsSpaceAfter(previous);
  }

  /** All bytes of tokens. */
  TokenTries whole() {
    return whole;
  }

  /** Tokens where a space they begin with is not written. */
  synchronized TokenTries withoutFirstSpace() {
    if (withoutFirstSpace.isEmpty()) {
      withoutFirstSpace = Optional.of(whole.withoutFirstSpace());
    }
    return withoutFirstSpace.get();
  }
}
