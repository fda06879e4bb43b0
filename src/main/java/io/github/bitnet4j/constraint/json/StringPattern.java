package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.GrammarException;
import io.github.bitnet4j.constraint.RegularExpression;

/** Reads {@code pattern}. */
final class StringPattern {
  private StringPattern() {}

  /**
   * The strings in which a regular expression is found.
   *
   * @throws JsonSchemaException if it is malformed or not supported
   */
  static Expression read(Location pattern) {
    try {
      return RegularExpression.anywhere(Keywords.string(pattern));
    } catch (GrammarException e) {
      throw pattern.invalid("is no regular expression that can be used here: %s", e.getMessage());
    }
  }
}
