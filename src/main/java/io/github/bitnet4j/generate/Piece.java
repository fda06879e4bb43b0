package io.github.bitnet4j.generate;

import io.github.bitnet4j.sampling.TokenLogprobs;
import java.util.Optional;

/**
 * What one step of generation adds.
 *
 * @param token the token's id, or {@link #NO_TOKEN} for what was left of the text at the end
 * @param text the text that is certain with it: whole characters, and nothing that could become
 *     part of a stop string; often the token's own text, but it may lag behind
 * @param logprobs the token's log-probabilities, if asked for
 */
public record Piece(int token, String text, Optional<TokenLogprobs> logprobs) {
  /** Stands for no token. */
  public static final int NO_TOKEN = -1;
}
