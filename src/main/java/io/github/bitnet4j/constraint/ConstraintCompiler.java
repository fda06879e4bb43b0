package io.github.bitnet4j.constraint;

import io.github.bitnet4j.text.Tokenizer;

/**
 * Compiles grammars for the tokens of one model. Making one sorts the vocabulary, once for all of
 * its constraints: keep it. Thread-safe.
 */
public final class ConstraintCompiler {
  private final TokenTexts tokens;

  /** A compiler for the tokens of {@code tokenizer}. */
  public ConstraintCompiler(Tokenizer tokenizer) {
    tokens = new TokenTexts(tokenizer);
  }

  /**
   * A constraint that holds generated text to a grammar.
   *
   * @throws IllegalArgumentException if a rule begins with itself, no text at all is allowed, the
   *     grammar is too large, or it names more than 500 tokens, one that the vocabulary does not
   *     have, or one that ends texts
   */
  public Constraint compile(Grammar grammar) {
    return new Constraint(GrammarCompiler.compile(grammar, tokens.whole()), tokens);
  }
}
