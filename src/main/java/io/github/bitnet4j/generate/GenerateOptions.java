package io.github.bitnet4j.generate;

import io.github.bitnet4j.sampling.SamplingOptions;
import java.util.Objects;

/**
 * How text is generated. Immutable.
 *
 * @param sampling how tokens are chosen
 * @param maxTokens tokens to generate at most; 0 for as many as the context holds
 * @param ignoreEnd whether to go on after a token that ends the answer
 */
public record GenerateOptions(SamplingOptions sampling, int maxTokens, boolean ignoreEnd) {
  public GenerateOptions {
    Objects.requireNonNull(sampling, "sampling");
    if (maxTokens < 0) {
      throw new IllegalArgumentException(
          "max tokens must be 0 (until the context is full) or more, not " + maxTokens);
    }
  }

  /** Always the likeliest token. */
  public static GenerateOptions greedy() {
    return sampling(SamplingOptions.GREEDY);
  }

  /** Tokens drawn as {@code sampling} says. */
  public static GenerateOptions sampling(SamplingOptions sampling) {
    return new GenerateOptions(sampling, 0, false);
  }

  /** These options with a limit on the number of tokens; 0 for none. */
  public GenerateOptions withMaxTokens(int tokens) {
    return new GenerateOptions(sampling, tokens, ignoreEnd);
  }

  /** These options, going on after a token that ends the answer or stopping there. */
  public GenerateOptions withIgnoreEnd(boolean ignore) {
    return new GenerateOptions(sampling, maxTokens, ignore);
  }
}
