package io.github.bitnet4j.generate;

/** Why a generation ended. */
public enum FinishReason {
  /** The model chose a token that ends its answer, or nothing may follow under a constraint. */
  STOP,
  /** A stop string was completed; {@link Generation#stopString} tells which. */
  STOP_STRING,
  /** The requested number of tokens was reached. */
  LENGTH,
  /** The session's context is full. */
  CONTEXT_FULL,
  /** {@link Generation#cancel} was called. */
  CANCELLED
}
