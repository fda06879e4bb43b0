package io.github.bitnet4j.text.jinja;

import java.util.HashMap;
import java.util.Map;

/** Variables, and those around them. */
final class Scope {
  private final Scope outer;
  private final Map<String, Object> variables = new HashMap<>();

  /** A scope inside {@code outer}, which may be null. */
  Scope(Scope outer) {
    this.outer = outer;
  }

  Object get(String name) {
    for (var scope = this; scope != null; scope = scope.outer) {
      var value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Undefined("'" + name + "'");
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }
}
