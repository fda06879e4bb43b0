package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Grammar;
import java.util.Optional;

final class StringFormat {
  static Optional<Grammar> read(Location format) {
    Keywords.string(format);
    return Optional.empty();
  }
}
