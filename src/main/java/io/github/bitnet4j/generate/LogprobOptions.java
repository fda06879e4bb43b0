package io.github.bitnet4j.generate;

/**
 * Which log-probabilities come with a text. Immutable.
 *
 * @param top how many of the most probable tokens are listed at each position, 0 or more
 * @param afterSampling of generated tokens: whether probabilities are those the token was drawn
 *     with, among the tokens the samplers left, and not the model's own over the whole vocabulary
 * @param prompt whether tokens of the prompt have them too; always the model's own
 */
public record LogprobOptions(int top, boolean afterSampling, boolean prompt) {
  /**
   * @throws IllegalArgumentException if {@code top} is below 0
   */
  public LogprobOptions {
    if (top < 0) {
      throw new IllegalArgumentException(
          "the number of log-probabilities must be 0 or more, not " + top);
    }
  }

  /** The model's own, of generated tokens. */
  public static LogprobOptions top(int top) {
    return new LogprobOptions(top, false, false);
  }
}
