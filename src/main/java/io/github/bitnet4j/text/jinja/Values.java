package io.github.bitnet4j.text.jinja;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** What values have in common, as Python sees them. */
final class Values {
  private final Budget budget;

  Values(Budget budget) {
    this.budget = budget;
  }

  static String kind(Object value) {
    return switch (value) {
      case Str s -> "a string";
      case Long n -> "an integer";
      case Double d -> "a number";
      case Boolean b -> "a boolean";
      case List<?> l -> "a list";
      case Map<?, ?> m -> "a mapping";
      case None n -> "none";
      case Undefined u -> "undefined " + u.what();
      case Namespace n -> "a namespace";
      default -> "a function";
    };
  }

  static boolean isTrue(Object value) {
    return switch (value) {
      case Str s -> s.length() > 0;
      case Long n -> n != 0;
      case Double d -> d != 0;
      case Boolean b -> b;
      case List<?> l -> !l.isEmpty();
      case Map<?, ?> m -> !m.isEmpty();
      case None n -> false;
      case Undefined u -> false;
      default -> true;
    };
  }

  static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Boolean;
  }

  static double toDouble(Object value) {
    return value instanceof Boolean b ? (b ? 1 : 0) : ((Number) value).doubleValue();
  }

  boolean areEqual(Object a, Object b) {
    budget.enter();
    try {
      if (isNumber(a) && isNumber(b)) {
        return a instanceof Long x && b instanceof Long y
            ? x.longValue() == y
            : toDouble(a) == toDouble(b);
      }
      return switch (a) {
        case List<?> x when b instanceof List<?> y -> {
          boolean same = x.size() == y.size();
          for (int i = 0; same && i < x.size(); i++) {
            same = areEqual(x.get(i), y.get(i));
          }
          yield same;
        }
        case Map<?, ?> x when b instanceof Map<?, ?> y ->
            x.size() == y.size()
                && x.keySet().stream()
                    .allMatch(k -> y.containsKey(k) && areEqual(x.get(k), y.get(k)));
        case Undefined u -> b instanceof Undefined;
        case Str s -> s.equals(b);
        case None n -> b == n;
        default -> a == b;
      };
    } finally {
      budget.leave();
    }
  }

  /** The order of two strings or two numbers. */
  int compare(Object a, Object b) {
    if (a instanceof Str x && b instanceof Str y) {
      return compareCodePoints(x.text(), y.text());
    }
    if (a instanceof Long x && b instanceof Long y) {
      return Long.compare(x, y);
    }
    if (isNumber(a) && isNumber(b)) {
      return Double.compare(toDouble(a), toDouble(b));
    }
    throw new Fault("%s and %s have no order", kind(a), kind(b));
  }

  /** The order of Python's strings. */
  static int compareCodePoints(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    if (i == a.length() || i == b.length()) {
      return Integer.compare(a.length(), b.length());
    }
    return Integer.compare(a.codePointAt(i), b.codePointAt(i));
  }

  /** What a loop over the value goes through. */
  List<?> items(Object value) {
    return switch (value) {
      case List<?> list -> list;
      case Map<?, ?> map -> {
        budget.spend(map.size());
        yield List.copyOf(map.keySet());
      }
      case Str s -> {
        budget.spend(s.length());
        yield s.characters();
      }
      case Undefined u -> List.of();
      default -> throw new Fault("%s cannot be iterated over", kind(value));
    };
  }

  boolean contains(Object container, Object item) {
    return switch (container) {
      case Str s when item instanceof Str part -> s.text().contains(part.text());
      case Str s -> throw new Fault("only a string can be in a string, not %s", kind(item));
      case Map<?, ?> map -> map.containsKey(item);
      default -> items(container).stream().anyMatch(i -> areEqual(i, item));
    };
  }

  /** The value as output shows it. */
  Str toStr(Object value) {
    return switch (value) {
      case Str s -> s;
      case Undefined u -> Str.EMPTY;
      default -> {
        var builder = new Str.Builder();
        repr(value, builder);
        yield builder.build();
      }
    };
  }

  private void repr(Object value, Str.Builder out) {
    budget.enter();
    switch (value) {
      case Str s -> quote(s, out);
      case Long n -> out.append(n.toString());
      case Double d -> out.append(toText(d));
      case Boolean b -> out.append(b ? "True" : "False");
      case None n -> out.append("None");
      case Undefined u -> out.append("Undefined");
      case List<?> list -> {
        boolean pair = list instanceof Pair;
        out.append(pair ? "(" : "[");
        for (int i = 0; i < list.size(); i++) {
          out.append(i == 0 ? "" : ", ");
          repr(list.get(i), out);
        }
        out.append(pair ? ")" : "]");
      }
      case Map<?, ?> map -> {
        out.append("{");
        var separator = "";
        for (var entry : map.entrySet()) {
          out.append(separator);
          repr(entry.getKey(), out);
          out.append(": ");
          repr(entry.getValue(), out);
          separator = ", ";
        }
        out.append("}");
      }
      default -> throw new Fault("%s cannot be written", kind(value));
    }
    budget.leave();
  }

  private void quote(Str s, Str.Builder out) {
    budget.spend(s.length());
    boolean single = s.text().indexOf('\'') < 0 || s.text().indexOf('"') >= 0;
    char quote = single ? '\'' : '"';
    out.append(String.valueOf(quote));
    for (int i = 0; i < s.length(); i++) {
      char c = s.text().charAt(i);
      var shown =
          switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\\' -> "\\\\";
            default ->
                c == quote
                    ? "\\" + c
                    : c < ' ' || c == 0x7F ? "\\x%02x".formatted((int) c) : String.valueOf(c);
          };
      out.append(shown, s.isContent(i));
    }
    out.append(String.valueOf(quote));
  }

  /** The shortest decimal that is the number, as Python writes it. */
  static String toText(double d) {
    if (Double.isNaN(d)) {
      return "nan";
    }
    if (Double.isInfinite(d)) {
      return d > 0 ? "inf" : "-inf";
    }
    double size = Math.abs(d);
    if (size != 0 && (size < 1e-4 || size >= 1e16)) {
      var parts = Double.toString(d).split("E");
      int exponent = Integer.parseInt(parts[1]);
      var mantissa =
          parts[0].endsWith(".0") ? parts[0].substring(0, parts[0].length() - 2) : parts[0];
      return "%se%s%02d".formatted(mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    var text = Double.toString(d);
    if (text.indexOf('E') < 0) {
      return text;
    }
    var plain = new BigDecimal(text).toPlainString();
    return plain.indexOf('.') < 0 ? plain + ".0" : plain;
  }
}
