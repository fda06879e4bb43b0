package io.github.bitnet4j.text.jinja;

import java.time.Duration;

/**
 * What rendering a template may cost.
 *
 * @param steps expressions and statements carried out
 * @param outputChars length of the rendered text
 * @param workChars length of all strings made on the way, together
 * @param depth how deep expressions, statements and macro calls nest
 * @param time how long it may take
 */
public record Limits(long steps, int outputChars, long workChars, int depth, Duration time) {
  /** Far above what any real chat needs. */
  public static final Limits DEFAULT =
      new Limits(5_000_000, 16 << 20, 256L << 20, 400, Duration.ofSeconds(10));
}
