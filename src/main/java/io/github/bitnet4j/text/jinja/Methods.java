package io.github.bitnet4j.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The methods of strings and mappings that templates call. */
final class Methods {
  private final Budget budget;
  private final Values values;

  Methods(Budget budget, Values values) {
    this.budget = budget;
    this.values = values;
  }

  /** The method {@code name} of {@code value}. */
  Optional<Function> find(Object value, String name) {
    return Optional.ofNullable(
        switch (value) {
          case Str s -> ofString(s, name);
          case Map<?, ?> map -> ofMapping(map, name);
          default -> null;
        });
  }

  private Function ofString(Str s, String name) {
    return switch (name) {
      case "strip" -> args -> s.strip(true, true, chars(args));
      case "lstrip" -> args -> s.strip(true, false, chars(args));
      case "rstrip" -> args -> s.strip(false, true, chars(args));
      case "upper" -> args -> made(args.check(0), s).upper();
      case "lower" -> args -> made(args.check(0), s).lower();
      case "title" -> args -> made(args.check(0), s).title(c -> !Character.isLetter(c));
      case "capitalize" -> args -> made(args.check(0), s).capitalize();
      case "startswith" -> args -> any(args, part -> s.text().startsWith(part));
      case "endswith" -> args -> any(args, part -> s.text().endsWith(part));
      case "split" -> args -> split(s, args.check(0, "sep", "maxsplit"));
      case "join" -> args -> join(s, args.check(1, "iterable"));
      case "find" -> args -> find(s, args.check(1, "sub").string(0, "sub", null));
      case "count" -> args -> count(s, args.check(1, "sub").string(0, "sub", null));
      case "replace" ->
          args -> {
            args.check(2, "old", "new", "count");
            return replace(
                s,
                args.string(0, "old", null),
                args.string(1, "new", null),
                args.integer(2, "count", -1),
                budget);
          };
      case "removeprefix" ->
          args -> {
            var part = args.check(1, "prefix").string(0, "prefix", null);
            return s.text().startsWith(part.text()) ? s.substring(part.length()) : s;
          };
      case "removesuffix" ->
          args -> {
            var part = args.check(1, "suffix").string(0, "suffix", null);
            return s.text().endsWith(part.text()) ? s.substring(0, s.length() - part.length()) : s;
          };
      default -> null;
    };
  }

  private Function ofMapping(Map<?, ?> map, String name) {
    return switch (name) {
      case "get" ->
          args -> {
            args.check(1, "key", "default");
            Object value = map.get(args.get(0, "key", None.NONE));
            return value == null ? args.get(1, "default", None.NONE) : value;
          };
      case "items" -> args -> pairs(checked(args, map), budget);
      case "keys" -> args -> new ArrayList<Object>(checked(args, map).keySet());
      case "values" -> args -> new ArrayList<Object>(checked(args, map).values());
      default -> null;
    };
  }

  private Map<?, ?> checked(Args args, Map<?, ?> map) {
    args.check(0);
    budget.spend(map.size());
    return map;
  }

  private Str made(Args args, Str s) {
    budget.spend(s.length());
    return s;
  }

  private Str chars(Args args) {
    return args.check(0, "chars").get(0, "chars", None.NONE) instanceof None
        ? null
        : args.string(0, "chars", null);
  }

  /** Whether one string, or one of a list, passes. */
  private static boolean any(Args args, java.util.function.Predicate<String> test) {
    Object parts = args.check(1, "prefix").get(0, "prefix", None.NONE);
    if (parts instanceof List<?> list) {
      return list.stream().anyMatch(p -> p instanceof Str s && test.test(s.text()));
    }
    return test.test(args.string(0, "prefix", null).text());
  }

  private static Object find(Str s, Str part) {
    int at = s.text().indexOf(part.text());
    return at < 0 ? -1L : (long) s.text().codePointCount(0, at);
  }

  private static Object count(Str s, Str part) {
    if (part.length() == 0) {
      return s.codePoints() + 1L;
    }
    long count = 0;
    for (int at = s.text().indexOf(part.text()); at >= 0; count++) {
      at = s.text().indexOf(part.text(), at + part.length());
    }
    return count;
  }

  private List<Object> split(Str s, Args args) {
    long most = args.integer(1, "maxsplit", -1);
    budget.spend(s.length());
    if (args.get(0, "sep", None.NONE) instanceof None) {
      return splitAtSpace(s, most);
    }
    var separator = args.string(0, "sep", null);
    if (separator.length() == 0) {
      throw new Fault("split needs a separator that is not empty");
    }
    var parts = new ArrayList<Object>();
    int start = 0;
    int at;
    while ((at = s.text().indexOf(separator.text(), start)) >= 0
        && (most < 0 || parts.size() < most)) {
      parts.add(s.substring(start, at));
      start = at + separator.length();
    }
    parts.add(s.substring(start));
    return parts;
  }

  private static List<Object> splitAtSpace(Str s, long most) {
    var parts = new ArrayList<Object>();
    int at = 0;
    while (true) {
      while (at < s.length() && Str.isSpace(s.text().charAt(at))) {
        at++;
      }
      if (at == s.length()) {
        return parts;
      }
      if (most >= 0 && parts.size() == most) {
        parts.add(s.substring(at));
        return parts;
      }
      int start = at;
      while (at < s.length() && !Str.isSpace(s.text().charAt(at))) {
        at++;
      }
      parts.add(s.substring(start, at));
    }
  }

  private Str join(Str separator, Args args) {
    var builder = new Str.Builder();
    boolean first = true;
    for (var item : values.items(args.get(0, "iterable", None.NONE))) {
      if (!(item instanceof Str text)) {
        throw new Fault("join needs strings, not %s", Values.kind(item));
      }
      budget.spend(separator.length() + text.length());
      if (!first) {
        builder.append(separator);
      }
      first = false;
      builder.append(text);
    }
    return builder.build();
  }

  /** The entries. */
  static List<Object> pairs(Map<?, ?> map, Budget budget) {
    budget.spend(2L * map.size());
    var pairs = new ArrayList<Object>();
    map.forEach((key, value) -> pairs.add(new Pair(key, value)));
    return pairs;
  }

  /** Replaces {@code old}, from the left, at most {@code count} times if that is not negative. */
  static Str replace(Str s, Str old, Str by, long count, Budget budget) {
    var builder = new Str.Builder();
    budget.spend(s.length());
    int done = 0;
    int from = 0;
    for (long n = 0; count < 0 || n < count; n++) {
      int at = s.text().indexOf(old.text(), from);
      if (at < 0 || at > s.length() || (n > 0 && from > s.length())) {
        break;
      }
      budget.spend(by.length());
      builder.append(s.substring(done, at)).append(by);
      done = at + old.length();
      if (old.length() > 0) {
        from = done;
      } else if (at < s.length()) {
        from = s.text().offsetByCodePoints(at, 1);
      } else {
        break;
      }
    }
    return builder.append(s.substring(done)).build();
  }
}
