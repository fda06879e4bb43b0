package io.github.bitnet4j.session;

/** Tokens do not fit in what is left of a session's context. The session is unchanged. */
public final class ContextLimitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int position;
  private final int requested;
  private final int limit;

  ContextLimitException(int position, int requested, int limit) {
    super(
        ("the context holds %d tokens, %d are in it and %d more do not fit; rewind the session,"
                + " send fewer tokens, or open it with a longer context")
            .formatted(limit, position, requested));
    this.position = position;
    this.requested = requested;
    this.limit = limit;
  }

  /** Tokens in the session. */
  public int position() {
    return position;
  }

  /** Tokens that were to be added. */
  public int requested() {
    return requested;
  }

  /** Tokens the session's context holds. */
  public int limit() {
    return limit;
  }
}
