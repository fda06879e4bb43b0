package io.github.bitnet4j.sampling;

/** Checks of parameters. */
final class Range {
  private Range() {}

  static void check(boolean holds, String name, String allowed, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s must be %s, but is %s".formatted(name, allowed, value));
    }
  }
}
