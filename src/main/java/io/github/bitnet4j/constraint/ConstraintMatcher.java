package io.github.bitnet4j.constraint;

import io.github.bitnet4j.sampling.Candidates;
import java.util.OptionalInt;

/**
 * Follows one text token by token and says which tokens may come next.
 *
 * <p>A token may come next if some text of the grammar goes on with its bytes, be they whole
 * characters or not, or if the grammar names it there. Tokens that end the text may come where it
 * is complete. Other control, unknown and unused tokens never may.
 *
 * <p>For one thread; many may use the same {@link Constraint}.
 */
public final class ConstraintMatcher {
  private final Constraint constraint;
  private final boolean startDropsSpace;
  private State state;
  private boolean dropsSpace;
  private long bytes;

  ConstraintMatcher(Constraint constraint, boolean dropsSpace) {
    this.constraint = constraint;
    this.startDropsSpace = dropsSpace;
    reset();
  }

  private ConstraintMatcher(ConstraintMatcher from) {
    constraint = from.constraint;
    startDropsSpace = from.startDropsSpace;
    state = from.state;
    dropsSpace = from.dropsSpace;
    bytes = from.bytes;
  }

  /** Another matcher that has seen the same text; the two go on apart. */
  public ConstraintMatcher fork() {
    return new ConstraintMatcher(this);
  }

  /** Begins the text again. */
  public void reset() {
    state = constraint.start();
    dropsSpace = startDropsSpace;
    bytes = 0;
  }

  /** Whether the text may end here. */
  public boolean isComplete() {
    return constraint.isComplete(state);
  }

  /** Whether the text is complete and nothing can follow. */
  public boolean isFinished() {
    return constraint.isFinal(state);
  }

  /**
   * A number of tokens that is enough to complete the text from here, and mostly not far from the
   * least; empty if none is known.
   */
  public OptionalInt tokensNeeded() {
    return constraint.tokensNeeded(state, dropsSpace);
  }

  /** Whether {@code token} may come next. */
  public boolean allows(int token) {
    if (constraint.vocabulary().isEndOfGeneration(token)) {
      return isComplete();
    }
    return !after(token).isDead;
  }

  /**
   * Takes the next token of the text. A token that ends it changes nothing.
   *
   * @throws IllegalArgumentException if it is not allowed here or outside the vocabulary
   */
  public void accept(int token) {
    if (!allows(token)) {
      throw new IllegalArgumentException(
          "token %d, \"%s\", is not allowed after %d bytes of text; %s"
              .formatted(token, constraint.vocabulary().text(token), bytes, expected()));
    }
    if (!constraint.vocabulary().isEndOfGeneration(token)) {
      state = after(token);
      bytes += constraint.bytes(token, dropsSpace).length;
      dropsSpace = constraint.dropsSpaceAfter(token);
    }
  }

  /**
   * The ids that may come next, rising.
   *
   * @throws IllegalStateException if the grammar is too ambiguous, as for {@link #keepAllowed}
   */
  public int[] allowedTokens() {
    return constraint.allowed(state, dropsSpace, Long.MAX_VALUE).toArray();
  }

  /**
   * Keeps the candidates that may come next. If there is not room for every text they can be the
   * start of, those are kept after which the text can still be completed, as far as that is known:
   * the number of tokens it takes is an estimate that is never too low, and where even that number
   * is more than there is room for, all that may come next are kept.
   *
   * @param tokensLeft how many tokens there is room for after the next
   * @throws IllegalStateException if no token of the vocabulary can follow, or the grammar is so
   *     ambiguous that there are thousands of ways to read the text so far, or that it takes too
   *     many steps to find out what may follow
   */
  public void keepAllowed(Candidates candidates, long tokensLeft) {
    var allowed = constraint.allowed(state, dropsSpace, tokensLeft);
    if (allowed.size() == 0) {
      throw new IllegalStateException(
          "no token of the vocabulary can follow %d bytes of text; %s"
              .formatted(bytes, expected()));
    }
    allowed.apply(candidates);
  }

  private State after(int token) {
    return constraint.next(state, token, dropsSpace);
  }

  private String expected() {
    var symbols = constraint.expected(state);
    return symbols.isEmpty()
        ? "the text is complete"
        : "the constraint allows " + String.join(", ", symbols);
  }
}
