package io.github.bitnet4j.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON (RFC 8259) into values for a template. Its strings, names of members among them, are
 * {@linkplain Str#content content}. Integers beyond 64 bits become floating-point numbers; of
 * members of one name the last counts.
 */
public final class FromJson {
  private static final int MAX_DEPTH = 100;

  private final String text;
  private int at;
  private int depth;

  private FromJson(String text) {
    this.text = text;
  }

  /**
   * The value that {@code json} holds, fit for {@link JinjaTemplate#render}.
   *
   * @throws IllegalArgumentException if it is not JSON or nests deeper than 100 levels; the message
   *     says at which character
   */
  public static Object read(String json) {
    var reader = new FromJson(json);
    var value = reader.value();
    reader.space();
    if (reader.at < json.length()) {
      throw reader.expected("the end");
    }
    return value;
  }

  private Object value() {
    space();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", Boolean.TRUE);
      case 'f' -> word("false", Boolean.FALSE);
      case 'n' -> word("null", None.NONE);
      default -> number();
    };
  }

  private Map<Object, Object> object() {
    enter();
    var members = new LinkedHashMap<Object, Object>();
    space();
    if (!take('}')) {
      do {
        space();
        if (peek() != '"') {
          throw expected("a name in quotes");
        }
        var name = string();
        space();
        expect(':');
        members.put(name, value());
        space();
      } while (take(','));
      expect('}');
    }
    depth--;
    return members;
  }

  private List<Object> array() {
    enter();
    var items = new ArrayList<Object>();
    space();
    if (!take(']')) {
      do {
        items.add(value());
        space();
      } while (take(','));
      expect(']');
    }
    depth--;
    return items;
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw new IllegalArgumentException(
          "character %d: nests deeper than %d levels".formatted(at + 1, MAX_DEPTH));
    }
    at++;
  }

  private Str string() {
    at++;
    var unescaped = new StringBuilder();
    while (!take('"')) {
      char c = peek();
      if (c < ' ') {
        throw expected("the quote that ends the string");
      }
      at++;
      unescaped.append(c == '\\' ? escaped() : c);
    }
    return Str.content(unescaped.toString());
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unit();
      default -> {
        at--;
        throw expected("an escape");
      }
    };
  }

  private char unit() {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0 || peek() > 'f') {
        throw expected("four hexadecimal digits");
      }
      unit = unit << 4 | digit;
      at++;
    }
    return (char) unit;
  }

  private Object number() {
    int start = at;
    take('-');
    if (!take('0')) {
      digits();
    }
    boolean whole = true;
    if (take('.')) {
      whole = false;
      digits();
    }
    if (take('e') || take('E')) {
      whole = false;
      if (!take('+')) {
        take('-');
      }
      digits();
    }
    var number = text.substring(start, at);
    try {
      return whole ? (Object) Long.valueOf(number) : (Object) Double.valueOf(number);
    } catch (NumberFormatException e) {
      return Double.valueOf(number);
    }
  }

  private void digits() {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    if (at == start) {
      throw expected("a value");
    }
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw expected("a value");
    }
    at += word.length();
    return value;
  }

  private void space() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** The next character; NUL, which JSON has nowhere, at the end. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private boolean take(char c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  private void expect(char c) {
    if (!take(c)) {
      throw expected("'" + c + "'");
    }
  }

  private IllegalArgumentException expected(String what) {
    return new IllegalArgumentException(
        "character %d: expected %s but found %s"
            .formatted(at + 1, what, at < text.length() ? "'" + text.charAt(at) + "'" : "the end"));
  }
}
