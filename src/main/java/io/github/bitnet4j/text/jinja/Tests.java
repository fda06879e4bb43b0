package io.github.bitnet4j.text.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What may follow {@code is}. */
final class Tests {
  private static final Set<String> NAMES =
      Set.of(
          "defined",
          "undefined",
          "none",
          "string",
          "mapping",
          "iterable",
          "sequence",
          "number",
          "integer",
          "float",
          "boolean",
          "true",
          "false",
          "callable",
          "equalto",
          "eq",
          "==",
          "ne",
          "lt",
          "le",
          "gt",
          "ge",
          "in",
          "odd",
          "even",
          "divisibleby",
          "lower",
          "upper");

  private final Values values;

  Tests(Values values) {
    this.values = values;
  }

  static String known(String name, Position at) {
    if (!NAMES.contains(name)) {
      throw new JinjaException(at, "there is no test '" + name + "'");
    }
    return name;
  }

  boolean apply(String name, Object value, Args arguments) {
    if (!NAMES.contains(name)) {
      throw new Fault("there is no test '%s'", name);
    }
    switch (name) {
      case "equalto", "eq", "==", "ne", "lt", "le", "gt", "ge", "in", "divisibleby" ->
          arguments.check(1, "other");
      default -> arguments.check(0);
    }
    Object other = arguments.get(0, "other", None.NONE);
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value instanceof None;
      case "string" -> value instanceof Str;
      case "mapping" -> value instanceof Map;
      case "iterable", "sequence" ->
          value instanceof Str
              || value instanceof List
              || value instanceof Map
              || value instanceof Undefined;
      case "number" -> Values.isNumber(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "callable" -> value instanceof Function;
      case "ne" -> !values.areEqual(value, other);
      case "lt" -> values.compare(value, other) < 0;
      case "le" -> values.compare(value, other) <= 0;
      case "gt" -> values.compare(value, other) > 0;
      case "ge" -> values.compare(value, other) >= 0;
      case "in" -> values.contains(other, value);
      case "odd" -> remainder(value, 2L) == 1;
      case "even" -> remainder(value, 2L) == 0;
      case "divisibleby" -> remainder(value, other) == 0;
      case "lower" -> hasCase(value) && value.equals(((Str) value).lower());
      case "upper" -> hasCase(value) && value.equals(((Str) value).upper());
      default -> values.areEqual(value, other);
    };
  }

  private static boolean hasCase(Object value) {
    return value instanceof Str s
        && s.text()
            .codePoints()
            .anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
  }

  private static long remainder(Object value, Object by) {
    if (value instanceof Long x && by instanceof Long y && y != 0) {
      return Math.floorMod(x, y);
    }
    throw new Fault("%s cannot be divided by %s", Values.kind(value), Values.kind(by));
  }
}
