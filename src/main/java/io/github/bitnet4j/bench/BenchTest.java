package io.github.bitnet4j.bench;

import io.github.bitnet4j.ffi.KvType;

/**
 * What is timed: a prompt, generation, or one after the other.
 *
 * @param promptTokens tokens processed as a prompt; 0 for none
 * @param generatedTokens tokens each sequence generates, one after another; 0 for none
 * @param depthTokens tokens in the context before the clock starts
 * @param sequences sequences that generate side by side, one token of each in a forward pass; 1
 *     where there is a prompt
 * @param batchTokens prompt tokens processed at a time
 * @param kvType how keys and values are stored
 */
public record BenchTest(
    int promptTokens,
    int generatedTokens,
    int depthTokens,
    int sequences,
    int batchTokens,
    KvType kvType) {

  public BenchTest {
    if (promptTokens < 0 || generatedTokens < 0 || promptTokens + generatedTokens == 0) {
      throw new IllegalArgumentException(
          "a test needs tokens: prompt %d, generated %d".formatted(promptTokens, generatedTokens));
    }
    if (depthTokens < 0 || batchTokens < 1) {
      throw new IllegalArgumentException(
          "depth %d and batch %d must not be negative or empty"
              .formatted(depthTokens, batchTokens));
    }
    if (sequences < 1 || promptTokens > 0 && sequences > 1) {
      throw new IllegalArgumentException(
          "%d sequences: only generation alone takes several".formatted(sequences));
    }
  }

  /** Such as {@code pp512}, {@code tg128 x8}, {@code pp512+tg128 @ d1024}. */
  public String name() {
    var name = new StringBuilder();
    if (promptTokens > 0) {
      name.append("pp").append(promptTokens);
    }
    if (generatedTokens > 0) {
      name.append(name.isEmpty() ? "tg" : "+tg").append(generatedTokens);
    }
    if (sequences > 1) {
      name.append(" x").append(sequences);
    }
    if (depthTokens > 0) {
      name.append(" @ d").append(depthTokens);
    }
    return name.toString();
  }

  /** Tokens processed while the clock runs, over all sequences. */
  public int timedTokens() {
    return promptTokens + generatedTokens * sequences;
  }

  /** Positions of each sequence's context. */
  public int contextTokens() {
    return depthTokens + promptTokens + generatedTokens;
  }
}
