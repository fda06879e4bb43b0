package io.github.bitnet4j.text.jinja;

import java.util.List;
import java.util.Map;

/** Writes values as Python's {@code json.dumps} does without {@code ensure_ascii}. */
final class ToJson {
  private final Budget budget;
  private final long indent;
  private final Str.Builder out = new Str.Builder();

  private ToJson(Budget budget, long indent) {
    this.budget = budget;
    this.indent = indent;
  }

  /** The value on one line, or with {@code indent} spaces a level if that is not negative. */
  static Str write(Object value, long indent, Budget budget) {
    if (indent > 64) {
      throw new Fault("tojson indents by at most 64 spaces, not %d", indent);
    }
    var writer = new ToJson(budget, indent);
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
        var separator = "";
        for (var item : list) {
          out.append(separator);
          separator = between();
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
        var separator = "";
        for (var entry : map.entrySet()) {
          out.append(separator);
          separator = between();
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
    out.append(": ");
  }

  private String between() {
    return indent < 0 ? ", " : ",";
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
            default -> c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c);
          };
      out.append(escaped, s.isContent(i));
    }
    out.append("\"");
  }
}
