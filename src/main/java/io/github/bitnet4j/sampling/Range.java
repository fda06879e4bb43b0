package io.github.bitnet4j.sampling;

/** Checks of parameters. */
final class Range {
  static final String FROM_0 = "0 or more, and finite";

  private Range() {}

  /** Whether a number is 0 or more, and finite. */
  static boolean isFrom0(float value) {
    return value >= 0 && value < Float.POSITIVE_INFINITY;
  }

  /**
   * Refuses a value.
   *
   * @throws IllegalArgumentException unless {@code holds}
   */
  static void check(boolean holds, String name, String allowed, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s must be %s, but is %s".formatted(name, allowed, value));
    }
  }
}
