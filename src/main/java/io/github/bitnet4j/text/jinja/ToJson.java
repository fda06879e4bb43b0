package io.github.bitnet4j.text.jinja;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Writes values as Python's {@code json.dumps} does, but without {@code ensure_ascii}. */
final class ToJson {
  private static final int MAX_INDENT = 64;

  private final Budget budget;
  private final Str.Builder out = new Str.Builder();

  /** Spaces a level; negative for everything on one line. */
  private final long indent;

  private final boolean asciiOnly;
  private final boolean sortsKeys;
  private final Str betweenItems;
  private final Str afterKey;

  private ToJson(Args args, Budget budget) {
    this.budget = budget;
    args.check(0, "indent", "ensure_ascii", "separators", "sort_keys");
    indent = args.get(0, "indent", None.NONE) instanceof None ? -1 : args.integer(0, "indent", -1);
    if (indent > MAX_INDENT) {
      throw new Fault("tojson indents by at most %d spaces, not %d", MAX_INDENT, indent);
    }
    asciiOnly = Values.isTrue(args.get(1, "ensure_ascii", false));
    sortsKeys = Values.isTrue(args.get(3, "sort_keys", false));
    switch (args.get(2, "separators", None.NONE)) {
      case None n -> {
        betweenItems = Str.literal(indent < 0 ? ", " : ",");
        afterKey = Str.literal(": ");
      }
      case List<?> pair
          when pair.size() == 2
              && pair.get(0) instanceof Str first
              && pair.get(1) instanceof Str s -> {
        betweenItems = first;
        afterKey = s;
      }
      default -> throw new Fault("tojson needs a pair of strings as 'separators'");
    }
  }

  /** The value as the arguments of the filter say. */
  static Str write(Object value, Args args, Budget budget) {
    var writer = new ToJson(args, budget);
    writer.value(value, 0);
    return writer.out.build();
  }

  private void value(Object value, int level) {
    budget.enter();
    switch (value) {
      case Str s -> string(s);
      case Long n -> out.append(n.toString());
      case Double d -> out.append(Values.toText(d));
      case Boolean b -> out.append(b.toString());
      case None n -> out.append("null");
      case List<?> list -> {
        out.append("[");
        var separator = Str.EMPTY;
        for (var item : list) {
          out.append(separator);
          separator = betweenItems;
          line(level + 1);
          value(item, level + 1);
        }
        if (!list.isEmpty()) {
          line(level);
        }
        out.append("]");
      }
      case Map<?, ?> map -> {
        out.append("{");
        var separator = Str.EMPTY;
        for (var entry : entries(map)) {
          out.append(separator);
          separator = betweenItems;
          line(level + 1);
          key(entry.getKey());
          value(entry.getValue(), level + 1);
        }
        if (!map.isEmpty()) {
          line(level);
        }
        out.append("}");
      }
      default -> throw new Fault("tojson cannot write %s", Values.kind(value));
    }
    budget.leave();
  }

  private void key(Object key) {
    if (key instanceof Str s) {
      string(s);
    } else {
      out.append("\"");
      value(key, 0);
      out.append("\"");
    }
    out.append(afterKey);
  }

  private Collection<? extends Map.Entry<?, ?>> entries(Map<?, ?> map) {
    if (!sortsKeys) {
      return map.entrySet();
    }
    budget.spend(map.size());
    return map.entrySet().stream()
        .sorted((a, b) -> Values.compareCodePoints(a.getKey().toString(), b.getKey().toString()))
        .toList();
  }

  private void line(int level) {
    if (indent >= 0) {
      budget.spend(1 + indent * level);
      out.append("\n" + " ".repeat((int) indent * level));
    }
  }

  private void string(Str s) {
    budget.spend(s.length());
    out.append("\"");
    for (int i = 0; i < s.length(); i++) {
      char c = s.text().charAt(i);
      var escaped =
          switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default ->
                c < ' ' || asciiOnly && c > '~' ? "\\u%04x".formatted((int) c) : String.valueOf(c);
          };
      out.append(escaped, s.isContent(i));
    }
    out.append("\"");
  }
}
