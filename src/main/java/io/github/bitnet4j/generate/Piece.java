package io.github.bitnet4j.generate;

/**
 * What one step of generation adds.
 *
 * @param token the token's id, or {@link #NO_TOKEN} for what was left of the text at the end
 * @param text the text it completes: whole characters, or nothing while a character is incomplete
 */
public record Piece(int token, String text) {
  /** Stands for no token. */
  public static final int NO_TOKEN = -1;
}
