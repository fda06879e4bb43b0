package io.github.bitnet4j.sampling;

/**
 * When the most probable tokens are removed, so that the text takes less trodden paths.
 *
 * @param probability how often they are, 0 (never) to 1 (for every token)
 * @param threshold tokens at least so probable count as the most probable, and the least probable
 *     of them stays; 0 to 1, and above 0.5 there are never two
 */
public record XtcOptions(float probability, float threshold) {
  /** Off; once on, threshold 0.1. */
  public static final XtcOptions OFF = new XtcOptions(0, 0.1f);

  /**
   * @throws IllegalArgumentException if a value is outside its range, which the message names
   */
  public XtcOptions {
    Range.check(probability >= 0 && probability <= 1, "xtc-probability", "0 to 1", probability);
    Range.check(threshold >= 0 && threshold <= 1, "xtc-threshold", "0 to 1", threshold);
  }

  boolean isOn() {
    return probability > 0 && threshold <= 0.5f;
  }
}
