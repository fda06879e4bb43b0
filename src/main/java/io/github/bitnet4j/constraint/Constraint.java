package io.github.bitnet4j.constraint;

import io.github.bitnet4j.text.Tokenizer;
import io.github.bitnet4j.text.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A grammar compiled for the tokens of a model. {@link ConstraintCompiler} makes it; each text that
 * is held to it has a {@link ConstraintMatcher} of its own. Immutable as far as anyone can tell and
 * thread-safe: what its automaton finds out is shared by all texts. They take turns in finding out,
 * and what is known costs no lock.
 */
public final class Constraint {
  private final TokenTexts tokens;
  private final Automaton automaton;
  private final Masks masks;
  private Optional<Masks> masksWithoutFirstSpace = Optional.empty();

  Constraint(Automaton automaton, TokenTexts tokens) {
    this.automaton = automaton;
    this.tokens = tokens;
    masks = new Masks(automaton, tokens.whole());
  }

  /** Whether it was compiled for the tokens of {@code tokenizer}. */
  public boolean isFor(Tokenizer tokenizer) {
    return tokens.vocabulary() == tokenizer.vocabulary();
  }

  /** A matcher for a text whose first token is written with all of its bytes. */
  public ConstraintMatcher newMatcher() {
    return new ConstraintMatcher(this, false);
  }

  /**
   * A matcher for a text that begins after a token, which decides whether a space that the first
   * token begins with is written.
   *
   * @throws IllegalArgumentException if {@code previousToken} is outside the vocabulary
   */
  public ConstraintMatcher newMatcherAfter(int previousToken) {
    return new ConstraintMatcher(this, dropsSpaceAfter(previousToken));
  }

  /**
   * Whether the grammar names a token, which is then a part of texts even if it is a control token.
   */
  public boolean names(int token) {
    return automaton.named().contains(token);
  }

  /**
   * Whether {@code text} is a whole text of the grammar. Tokens that the grammar names are not
   * looked for in it: only a matcher takes them.
   */
  public boolean matches(String text) {
    var state = automaton.next(automaton.start(), text.getBytes(StandardCharsets.UTF_8));
    return !state.isDead && automaton.atEnd(state);
  }

  /** Whether some text of the grammar begins with {@code text}, as {@link #matches}. */
  public boolean matchesStart(String text) {
    return !automaton.next(automaton.start(), text.getBytes(StandardCharsets.UTF_8)).isDead;
  }

  Vocabulary vocabulary() {
    return tokens.vocabulary();
  }

  boolean dropsSpaceAfter(int token) {
    return tokens.dropsSpaceAfter(token);
  }

  /** The bytes a token writes; none if it is never part of a text. */
  byte[] bytes(int token, boolean dropsSpace) {
    return (dropsSpace ? tokens.withoutFirstSpace() : tokens.whole()).bytes(token);
  }

  /** Whether a token is text of which nothing is left without the space it begins with. */
  boolean isUnwritten(int token, boolean dropsSpace) {
    return dropsSpace
        && tokens.whole().bytes(token).length > 0
        && tokens.withoutFirstSpace().bytes(token).length == 0;
  }

  State start() {
    return automaton.start();
  }

  /** The state after one more token. */
  State next(State state, int token, boolean dropsSpace) {
    byte[] bytes = bytes(token, dropsSpace);
    boolean isText = bytes.length > 0 || isUnwritten(token, dropsSpace);
    var symbol = automaton.named().symbol(token);
    var asText = isText ? automaton.next(state, bytes) : automaton.dead();
    return symbol.isEmpty()
        ? asText
        : automaton.either(asText, automaton.next(state, symbol.getAsInt()));
  }

  boolean isComplete(State state) {
    return !state.isDead && automaton.atEnd(state);
  }

  /** Whether nothing can follow. */
  boolean isFinal(State state) {
    return automaton.closure(state).terminals().length == 0;
  }

  OptionalInt tokensNeeded(State state, boolean dropsSpace) {
    // A space in front may have to be written twice where the first is dropped.
    int needed = dropsSpace ? Node.sum(state.tokens, 1) : state.tokens;
    return needed < Node.NEVER ? OptionalInt.of(needed) : OptionalInt.empty();
  }

  /** The bytes that can follow, as ranges, and named tokens. */
  List<String> expected(State state) {
    return automaton.expected(state).stream().map(range -> describe(range[0], range[1])).toList();
  }

  private String describe(int first, int last) {
    return first == last ? describe(first) : describe(first) + " to " + describe(last);
  }

  private String describe(int symbol) {
    if (symbol >= NamedTokens.FIRST_SYMBOL) {
      return automaton.named().describe(symbol);
    }
    return symbol > ' ' && symbol < 0x7F
        ? "'%c'".formatted(symbol)
        : "byte 0x%02X".formatted(symbol);
  }

  /**
   * The tokens that may follow.
   *
   * @param tokensLeft how many tokens there is room for after the next
   */
  TokenMask allowed(State state, boolean dropsSpace, long tokensLeft) {
    var chosen = dropsSpace ? masksWithoutFirstSpace() : masks;
    var mask = chosen.of(state);
    int needed = tokensNeeded(state, dropsSpace).orElse(Node.NEVER);
    return mask.mostTokens() <= tokensLeft || needed > tokensLeft + 1
        ? mask.tokens()
        : chosen.of(state, (int) tokensLeft);
  }

  private synchronized Masks masksWithoutFirstSpace() {
    if (masksWithoutFirstSpace.isEmpty()) {
      masksWithoutFirstSpace = Optional.of(new Masks(automaton, tokens.withoutFirstSpace()));
    }
    return masksWithoutFirstSpace.get();
  }
}
