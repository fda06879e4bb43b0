package io.github.bitnet4j.sampling;

/**
 * A temperature that is low where the model is sure and high where it is not.
 *
 * @param range how far it departs from the temperature, to both sides; 0 or more, 0 for off
 * @param exponent how it follows the uncertainty: 1 in proportion, above 1 later, below 1 sooner; 0
 *     or more
 */
public record DynamicTemperatureOptions(float range, float exponent) {
  /** Off; once on, exponent 1. */
  public static final DynamicTemperatureOptions OFF = new DynamicTemperatureOptions(0, 1);

  /**
   * @throws IllegalArgumentException if a value is outside its range, which the message names
   */
  public DynamicTemperatureOptions {
    Range.check(Range.isFrom0(range), "dynatemp-range", Range.FROM_0, range);
    Range.check(Range.isFrom0(exponent), "dynatemp-exp", Range.FROM_0, exponent);
  }
}
