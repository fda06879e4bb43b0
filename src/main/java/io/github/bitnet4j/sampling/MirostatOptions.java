package io.github.bitnet4j.sampling;

/**
 * Sampling with a target for how surprising the text is (Basu et al. 2021). It takes the place of
 * all samplers that remove tokens.
 *
 * @param version 0 for off, 1 or 2
 * @param targetEntropy τ, the surprise aimed at, in bits per token; 0 or more
 * @param learningRate η, how fast deviations are made up for; 0 or more
 */
public record MirostatOptions(int version, float targetEntropy, float learningRate) {
  /** Off; once on, target 5, rate 0.1. */
  public static final MirostatOptions OFF = new MirostatOptions(0, 5, 0.1f);

  /**
   * @throws IllegalArgumentException if a value is outside its range, which the message names
   */
  public MirostatOptions {
    Range.check(version >= 0 && version <= 2, "mirostat", "0 (off), 1 or 2", version);
    Range.check(Range.isFrom0(targetEntropy), "mirostat-ent", Range.FROM_0, targetEntropy);
    Range.check(Range.isFrom0(learningRate), "mirostat-lr", Range.FROM_0, learningRate);
  }
}
