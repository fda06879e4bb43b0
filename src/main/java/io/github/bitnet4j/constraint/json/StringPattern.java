package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Grammar;

final class StringPattern {
  static Grammar read(Location pattern) {
    throw pattern.invalid("later");
  }
}
