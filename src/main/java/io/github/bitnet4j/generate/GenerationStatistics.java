package io.github.bitnet4j.generate;

import java.util.concurrent.TimeUnit;

/**
 * What a generation has cost so far.
 *
 * @param reusedTokens prompt tokens that were already in the session
 * @param promptTokens prompt tokens processed
 * @param promptNanos time that took
 * @param generatedTokens tokens generated
 * @param generateNanos time from the first to the last of them: sampling and decoding
 */
public record GenerationStatistics(
    int reusedTokens, int promptTokens, long promptNanos, int generatedTokens, long generateNanos) {

  /** Prompt tokens processed per second; 0 when none were. */
  public double promptTokensPerSecond() {
    return rate(promptTokens, promptNanos);
  }

  /** Tokens generated per second; 0 when none were. */
  public double generatedTokensPerSecond() {
    return rate(generatedTokens, generateNanos);
  }

  private static double rate(int count, long nanos) {
    return nanos == 0 ? 0 : count * (double) TimeUnit.SECONDS.toNanos(1) / nanos;
  }
}
