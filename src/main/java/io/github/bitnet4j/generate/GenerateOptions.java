package io.github.bitnet4j.generate;

import io.github.bitnet4j.constraint.Constraint;
import io.github.bitnet4j.sampling.SamplingOptions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How text is generated. Immutable.
 *
 * @param sampling how tokens are chosen
 * @param maxTokens tokens to generate at most; 0 for as many as the context holds
 * @param ignoreEnd whether tokens that end the answer are never chosen
 * @param stopStrings texts at which generation ends, none of them empty; they are not emitted
 * @param logprobs log-probabilities to compute, if any
 * @param constraint what the text is held to, if anything: only tokens that can go on such a text
 *     are chosen, and near the limit of tokens, or of the context, only those after which it can
 *     still be completed, as far as there is room. The prompt is not part of that text. Generation
 *     ends where nothing can follow, even if tokens that end the answer are ignored
 */
public record GenerateOptions(
    SamplingOptions sampling,
    int maxTokens,
    boolean ignoreEnd,
    List<String> stopStrings,
    Optional<LogprobOptions> logprobs,
    Optional<Constraint> constraint) {
  /**
   * @throws IllegalArgumentException if {@code maxTokens} is below 0, or a stop string is empty or
   *     no valid text
   */
  public GenerateOptions {
    Objects.requireNonNull(sampling, "sampling");
    if (maxTokens < 0) {
      throw new IllegalArgumentException(
          "max tokens must be 0 (until the context is full) or more, not " + maxTokens);
    }
    stopStrings = List.copyOf(stopStrings);
    stopStrings.forEach(StopStrings::check);
    Objects.requireNonNull(logprobs, "logprobs");
    Objects.requireNonNull(constraint, "constraint");
  }

  /** Always the likeliest token. */
  public static GenerateOptions greedy() {
    return sampling(SamplingOptions.GREEDY);
  }

  /** Tokens drawn as {@code sampling} says. */
  public static GenerateOptions sampling(SamplingOptions sampling) {
    return new GenerateOptions(sampling, 0, false, List.of(), Optional.empty(), Optional.empty());
  }

  /** These options with a limit on the number of tokens; 0 for none. */
  public GenerateOptions withMaxTokens(int tokens) {
    return new GenerateOptions(sampling, tokens, ignoreEnd, stopStrings, logprobs, constraint);
  }

  /** These options, never choosing a token that ends the answer or stopping there. */
  public GenerateOptions withIgnoreEnd(boolean ignore) {
    return new GenerateOptions(sampling, maxTokens, ignore, stopStrings, logprobs, constraint);
  }

  /** These options with other texts to stop at; each may span tokens. */
  public GenerateOptions withStopStrings(List<String> texts) {
    return new GenerateOptions(sampling, maxTokens, ignoreEnd, texts, logprobs, constraint);
  }

  /** These options with log-probabilities. */
  public GenerateOptions withLogprobs(LogprobOptions wanted) {
    return new GenerateOptions(
        sampling, maxTokens, ignoreEnd, stopStrings, Optional.of(wanted), constraint);
  }

  /** These options, holding the text to a constraint. */
  public GenerateOptions withConstraint(Constraint wanted) {
    return new GenerateOptions(
        sampling, maxTokens, ignoreEnd, stopStrings, logprobs, Optional.of(wanted));
  }
}
