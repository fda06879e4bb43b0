package io.github.bitnet4j.sampling;

import java.util.List;

/**
 * How tokens that would prolong a repetition are made less likely. A repetition of n tokens costs
 * the token that would prolong it {@code multiplier · base^(n − allowedLength)}.
 *
 * @param multiplier 0 or more; 0 for off
 * @param base 1 or more
 * @param allowedLength repetitions shorter than this many tokens cost nothing; 1 or more
 * @param lastN how many tokens back it looks; −1 for all of them, 0 for off
 * @param breakers texts at which a repetition ends, none of them empty
 */
public record DryOptions(
    float multiplier, float base, int allowedLength, int lastN, List<String> breakers) {
  /** Off; once on: base 1.75, length 2, the last 64 tokens, and line breaks, {@code :"*} end it. */
  public static final DryOptions OFF =
      new DryOptions(0, 1.75f, 2, 64, List.of("\n", ":", "\"", "*"));

  /**
   * @throws IllegalArgumentException if a value is outside its range, which the message names
   */
  public DryOptions {
    Range.check(Range.isFrom0(multiplier), "dry-multiplier", Range.FROM_0, multiplier);
    Range.check(
        base >= 1 && base < Float.POSITIVE_INFINITY, "dry-base", "1 or more, and finite", base);
    Range.check(allowedLength >= 1, "dry-allowed-length", "1 or more", allowedLength);
    Range.check(
        lastN >= TokenWindow.ALL, "dry-penalty-last-n", "0 or more, or -1 for all tokens", lastN);
    breakers = List.copyOf(breakers);
    Range.check(
        breakers.stream().noneMatch(String::isEmpty),
        "dry-sequence-breaker",
        "a text of at least one character",
        "empty");
  }

  /** The same with another multiplier. */
  public DryOptions withMultiplier(float newMultiplier) {
    return new DryOptions(newMultiplier, base, allowedLength, lastN, breakers);
  }

  boolean isOn() {
    return multiplier > 0 && lastN != 0;
  }
}
