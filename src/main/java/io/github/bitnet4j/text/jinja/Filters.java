package io.github.bitnet4j.text.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What may follow {@code |}. Filters of strings keep which of their characters are content. */
final class Filters {
  private static final Set<String> NAMES =
      Set.of(
          "trim",
          "capitalize",
          "upper",
          "lower",
          "title",
          "length",
          "count",
          "default",
          "d",
          "tojson",
          "join",
          "first",
          "last",
          "replace",
          "list",
          "items",
          "map",
          "select",
          "reject",
          "selectattr",
          "rejectattr",
          "safe",
          "string",
          "int",
          "float",
          "indent",
          "reverse",
          "unique",
          "sort",
          "abs",
          "dictsort");

  private final Budget budget;
  private final Values values;
  private final Operators operators;
  private final Tests tests;

  Filters(Budget budget, Values values, Operators operators, Tests tests) {
    this.budget = budget;
    this.values = values;
    this.operators = operators;
    this.tests = tests;
  }

  static String known(String name, Position at) {
    if (!NAMES.contains(name)) {
      throw new JinjaException(at, "there is no filter '" + name + "'");
    }
    return name;
  }

  Object apply(String name, Object value, Args args) {
    return switch (name) {
      case "default", "d" -> {
        args.check(0, "default_value", "boolean");
        boolean orFalse = Values.isTrue(args.get(1, "boolean", false));
        boolean missing = orFalse ? !Values.isTrue(value) : value instanceof Undefined;
        yield missing ? args.get(0, "default_value", Str.EMPTY) : value;
      }
      case "trim" ->
          string(value).strip(true, true, args.check(0, "chars").string(0, "chars", null));
      case "capitalize" -> plain(args, string(value)).capitalize();
      case "upper" -> plain(args, string(value)).upper();
      case "lower" -> plain(args, string(value)).lower();
      case "title" ->
          plain(args, string(value)).title(c -> Str.isSpace(c) || "-({[<".indexOf(c) >= 0);
      case "string", "safe" -> plain(args, string(value));
      case "length", "count" -> length(plain(args, value));
      case "tojson" -> ToJson.write(value, args, budget);
      case "join" -> join(value, args.check(0, "d", "attribute"));
      case "first" -> edge(plain(args, value), 0L);
      case "last" -> edge(plain(args, value), -1L);
      case "replace" -> {
        args.check(2, "old", "new", "count");
        var text = string(value);
        yield Methods.replace(
            text,
            args.string(0, "old", null),
            args.string(1, "new", null),
            args.integer(2, "count", -1),
            budget);
      }
      case "list" -> new ArrayList<Object>(items(plain(args, value)));
      case "items" -> {
        plain(args, value);
        yield value instanceof Undefined
            ? List.of()
            : Methods.pairs(mapping("items", value), budget);
      }
      case "dictsort" -> {
        plain(args, value);
        var pairs = Methods.pairs(mapping("dictsort", value), budget);
        yield sorted(pairs, Comparator.comparing(p -> ((List<?>) p).getFirst(), this::caseless));
      }
      case "map" -> map(value, args);
      case "select" -> select(value, args, false, true);
      case "reject" -> select(value, args, false, false);
      case "selectattr" -> select(value, args, true, true);
      case "rejectattr" -> select(value, args, true, false);
      case "int" -> toInteger(value, args.check(0, "default"));
      case "float" -> toDouble(value, args.check(0, "default"));
      case "indent" -> indent(string(value), args.check(0, "width", "first", "blank"));
      case "reverse" -> reverse(plain(args, value));
      case "unique" -> unique(plain(args, value));
      case "sort" -> {
        args.check(0, "reverse");
        Comparator<Object> order = this::caseless;
        boolean down = Values.isTrue(args.get(0, "reverse", false));
        yield sorted(items(value), down ? order.reversed() : order);
      }
      case "abs" ->
          Values.isNumber(plain(args, value)) && Values.toDouble(value) < 0
              ? operators.unary("-", value)
              : value;
      default -> throw new Fault("there is no filter '%s'", name);
    };
  }

  /** The value of a filter that takes no arguments. */
  private static <T> T plain(Args args, T value) {
    args.check(0);
    return value;
  }

  private Str string(Object value) {
    var text = values.toStr(value);
    budget.spend(text.length());
    return text;
  }

  private List<?> items(Object value) {
    var items = values.items(value);
    budget.spend(items.size());
    return items;
  }

  private static Map<?, ?> mapping(String filter, Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new Fault("%s needs a mapping, not %s", filter, Values.kind(value));
  }

  private long length(Object value) {
    return value instanceof Str s ? s.codePoints() : values.items(value).size();
  }

  private Object edge(Object value, long index) {
    return operators.item(values.items(value), index);
  }

  private Str join(Object value, Args args) {
    var separator = values.toStr(args.get(0, "d", Str.EMPTY));
    var attribute = args.get(1, "attribute", None.NONE);
    var builder = new Str.Builder();
    boolean first = true;
    for (var item : items(value)) {
      if (!first) {
        builder.append(separator);
      }
      first = false;
      var text = values.toStr(attribute instanceof None ? item : path(item, attribute));
      budget.spend(separator.length() + text.length());
      builder.append(text);
    }
    return builder.build();
  }

  /** An attribute of an attribute may be named with dots. */
  private Object path(Object value, Object attribute) {
    if (!(attribute instanceof Str names)) {
      return operators.item(value, attribute);
    }
    for (var name : names.text().split("\\.")) {
      value = operators.item(value, Str.literal(name));
    }
    return value;
  }

  private List<Object> map(Object value, Args args) {
    var result = new ArrayList<Object>();
    var attribute = args.named().get("attribute");
    for (var item : items(value)) {
      budget.step();
      if (attribute != null) {
        var found = path(item, attribute);
        result.add(
            found instanceof Undefined ? args.named().getOrDefault("default", found) : found);
      } else {
        result.add(apply(args.word(0), item, rest(args, 1)));
      }
    }
    return result;
  }

  private List<Object> select(Object value, Args args, boolean byAttribute, boolean wanted) {
    int test = byAttribute ? 1 : 0;
    var result = new ArrayList<Object>();
    for (var item : items(value)) {
      budget.step();
      Object tested = byAttribute ? path(item, Str.literal(args.word(0))) : item;
      boolean passes =
          args.positional().size() > test
              ? tests.apply(args.word(test), tested, rest(args, test + 1))
              : Values.isTrue(tested);
      if (passes == wanted) {
        result.add(item);
      }
    }
    return result;
  }

  private static Args rest(Args args, int from) {
    var name = ((Str) args.positional().get(from - 1)).text();
    return new Args(name, args.positional().subList(from, args.positional().size()), args.named());
  }

  private static Object toInteger(Object value, Args args) {
    Object otherwise = args.get(0, "default", 0L);
    try {
      return switch (value) {
        case Str s -> {
          var text = s.text().strip();
          yield text.matches("[-+]?[0-9]+")
              ? Long.parseLong(text)
              : text.matches("[-+]?[0-9]*\\.?[0-9]+")
                  ? (Object) (long) Double.parseDouble(text)
                  : otherwise;
        }
        case Double d -> d.longValue();
        case Long n -> n;
        case Boolean b -> b ? 1L : 0L;
        default -> otherwise;
      };
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static Object toDouble(Object value, Args args) {
    Object otherwise = args.get(0, "default", 0.0);
    if (value instanceof Str s) {
      var text = s.text().strip();
      return text.matches("[-+]?[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?")
          ? (Object) Double.parseDouble(text)
          : otherwise;
    }
    return Values.isNumber(value) ? (Object) Values.toDouble(value) : otherwise;
  }

  private Str indent(Str text, Args args) {
    Object width = args.get(0, "width", 4L);
    if (width instanceof Long n && (n < 0 || n > 1024)) {
      throw new Fault("indent takes 0 to 1024 spaces, not %d", n);
    }
    var space =
        width instanceof Long n
            ? Str.literal(" ".repeat(n.intValue()))
            : args.string(0, "width", null);
    boolean first = Values.isTrue(args.get(1, "first", false));
    boolean blank = Values.isTrue(args.get(2, "blank", false));
    var builder = new Str.Builder();
    int start = 0;
    while (true) {
      int end = text.text().indexOf('\n', start);
      int stop = end < 0 ? text.length() : end;
      budget.spend(space.length() + stop - start);
      if (start == 0 ? first : blank || stop > start) {
        builder.append(space);
      }
      builder.append(text.substring(start, end < 0 ? stop : end + 1));
      if (end < 0) {
        return builder.build();
      }
      start = end + 1;
    }
  }

  private Object reverse(Object value) {
    if (value instanceof Str s) {
      return operators.slice(s, None.NONE, None.NONE, -1L);
    }
    return new ArrayList<Object>(items(value).reversed());
  }

  private List<Object> unique(Object value) {
    var kept = new ArrayList<Object>();
    for (var item : items(value)) {
      if (kept.stream().noneMatch(k -> caselessEqual(k, item))) {
        kept.add(item);
      }
    }
    return kept;
  }

  private List<Object> sorted(List<?> items, Comparator<Object> order) {
    var sorted = new ArrayList<Object>(items);
    sorted.sort(order);
    return sorted;
  }

  private int caseless(Object a, Object b) {
    budget.step();
    return a instanceof Str x && b instanceof Str y
        ? values.compare(x.lower(), y.lower())
        : values.compare(a, b);
  }

  private boolean caselessEqual(Object a, Object b) {
    return a instanceof Str x && b instanceof Str y
        ? values.areEqual(x.lower(), y.lower())
        : values.areEqual(a, b);
  }
}
