package io.github.bitnet4j.sampling;

import java.util.List;

/**
 * How probable a token was at its position, and which were the most probable there.
 *
 * @param chosen the token that is part of the text
 * @param top the most probable tokens, most probable first, equal ones by rising id; {@code chosen}
 *     may be among them
 */
public record TokenLogprobs(TokenLogprob chosen, List<TokenLogprob> top) {
  public TokenLogprobs {
    top = List.copyOf(top);
  }
}
