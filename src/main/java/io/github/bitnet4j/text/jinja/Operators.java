package io.github.bitnet4j.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Arithmetic, comparison, keys and slices. */
final class Operators {
  private final Budget budget;
  private final Values values;

  Operators(Budget budget, Values values) {
    this.budget = budget;
    this.values = values;
  }

  Object binary(String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> values.areEqual(a, b);
      case "!=" -> !values.areEqual(a, b);
      case "<" -> values.compare(a, b) < 0;
      case "<=" -> values.compare(a, b) <= 0;
      case ">" -> values.compare(a, b) > 0;
      case ">=" -> values.compare(a, b) >= 0;
      case "in" -> values.contains(b, a);
      case "not in" -> !values.contains(b, a);
      case "~" -> concat(values.toStr(a), values.toStr(b));
      case "+" -> add(a, b);
      case "*" -> multiply(a, b);
      default -> arithmetic(operator, a, b);
    };
  }

  Object unary(String operator, Object value) {
    if (!Values.isNumber(value)) {
      throw new Fault("'%s' needs a number, not %s", operator, Values.kind(value));
    }
    return operator.equals("-") ? arithmetic("-", 0L, value) : value;
  }

  private Str concat(Str a, Str b) {
    budget.spend(a.length() + b.length());
    return new Str.Builder().append(a).append(b).build();
  }

  private Object add(Object a, Object b) {
    if (a instanceof Str x && b instanceof Str y) {
      return concat(x, y);
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      budget.spend(x.size() + y.size());
      var both = new ArrayList<Object>(x);
      both.addAll(y);
      return both;
    }
    return arithmetic("+", a, b);
  }

  private Object multiply(Object a, Object b) {
    if (a instanceof Long && b instanceof Str) {
      return multiply(b, a);
    }
    if (a instanceof Str s && b instanceof Long count) {
      long times = Math.max(0, Math.min(count, Integer.MAX_VALUE));
      budget.spend(s.length() * times);
      var builder = new Str.Builder();
      for (long i = 0; i < times && s.length() > 0; i++) {
        builder.append(s);
      }
      return builder.build();
    }
    return arithmetic("*", a, b);
  }

  private static Object arithmetic(String operator, Object a, Object b) {
    if (!Values.isNumber(a) || !Values.isNumber(b)) {
      throw new Fault("'%s' cannot join %s and %s", operator, Values.kind(a), Values.kind(b));
    }
    if ("//%".contains(operator) && Values.toDouble(b) == 0) {
      throw new Fault("'%s' divides by zero", operator);
    }
    try {
      if (a instanceof Double || b instanceof Double || operator.equals("/")) {
        return arithmetic(operator, Values.toDouble(a), Values.toDouble(b));
      }
      long x = a instanceof Boolean t ? (t ? 1 : 0) : (Long) a;
      long y = b instanceof Boolean t ? (t ? 1 : 0) : (Long) b;
      return switch (operator) {
        case "+" -> Math.addExact(x, y);
        case "-" -> Math.subtractExact(x, y);
        case "*" -> Math.multiplyExact(x, y);
        case "//" -> Math.floorDivExact(x, y);
        default -> Math.floorMod(x, y);
      };
    } catch (ArithmeticException e) {
      throw new Fault("'%s' has no result here: %s", operator, e.getMessage());
    }
  }

  private static double arithmetic(String operator, double x, double y) {
    return switch (operator) {
      case "+" -> x + y;
      case "-" -> x - y;
      case "*" -> x * y;
      case "/" -> x / y;
      case "//" -> Math.floor(x / y);
      default -> x - y * Math.floor(x / y);
    };
  }

  /** {@code of[key]} without methods. */
  Object item(Object of, Object key) {
    return switch (of) {
      case Map<?, ?> map -> {
        Object value = map.get(key);
        yield value == null ? new Undefined("key " + shown(key)) : value;
      }
      case List<?> list when key instanceof Long index -> {
        long at = index < 0 ? index + list.size() : index;
        yield at >= 0 && at < list.size() ? list.get((int) at) : new Undefined("item " + index);
      }
      case Str s when key instanceof Long index -> {
        int length = s.codePoints();
        long at = index < 0 ? index + length : index;
        if (at < 0 || at >= length) {
          yield new Undefined("character " + index);
        }
        int start = s.text().offsetByCodePoints(0, (int) at);
        yield s.substring(start, s.text().offsetByCodePoints(start, 1));
      }
      case Namespace n when key instanceof Str name -> {
        Object value = n.values.get(name.text());
        yield value == null ? new Undefined(shown(name)) : value;
      }
      case Undefined u -> throw new Fault("%s is undefined", u.what());
      default -> new Undefined("key " + shown(key));
    };
  }

  private static String shown(Object key) {
    var text = String.valueOf(key);
    return "'" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "'";
  }

  Object slice(Object of, Object start, Object stop, Object step) {
    List<?> items =
        switch (of) {
          case List<?> list -> list;
          case Str s -> values.items(s);
          case Undefined u -> throw new Fault("%s is undefined", u.what());
          default -> throw new Fault("%s has no slices", Values.kind(of));
        };
    long by = bound(step, 1);
    if (by == 0) {
      throw new Fault("the step of a slice cannot be 0");
    }
    int size = items.size();
    long from = clamp(bound(start, by > 0 ? 0 : Long.MAX_VALUE), size, by < 0);
    long to = stop instanceof None && by < 0 ? -1 : clamp(bound(stop, size), size, by < 0);
    var part = new ArrayList<Object>();
    for (long i = from; by > 0 ? i < to : i > to; i += Math.clamp(by, -size - 1L, size + 1L)) {
      part.add(items.get((int) i));
    }
    budget.spend(part.size());
    return of instanceof Str ? join(part) : part;
  }

  private static Str join(List<Object> strings) {
    var builder = new Str.Builder();
    strings.forEach(s -> builder.append((Str) s));
    return builder.build();
  }

  private static long bound(Object value, long otherwise) {
    return switch (value) {
      case None n -> otherwise;
      case Long number -> number;
      default -> throw new Fault("a slice needs integers, not %s", Values.kind(value));
    };
  }

  private static long clamp(long index, int size, boolean backwards) {
    long at = index < 0 ? Math.max(index, -size - 1L) + size : index;
    return backwards ? Math.clamp(at, -1L, size - 1L) : Math.clamp(at, 0L, size);
  }
}
