package io.github.bitnet4j.text.jinja;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/**
 * A string whose every UTF-16 unit knows whether it is content: text from outside the template.
 * Equality is that of the text alone. Immutable.
 */
public final class Str {
  static final Str EMPTY = literal("");

  private final String text;
  private final BitSet content;

  private Str(String text, BitSet content) {
    this.text = text;
    this.content = content;
  }

  /** Text that is trusted as the template's own is. */
  public static Str literal(String text) {
    return new Str(text, new BitSet());
  }

  /** Text from outside. */
  public static Str content(String text) {
    var all = new BitSet();
    all.set(0, text.length());
    return new Str(text, all);
  }

  /** The text without its marks. */
  public String text() {
    return text;
  }

  /**
   * A run of units of one kind.
   *
   * @param text the run, not empty
   * @param content whether it comes from outside the template
   */
  public record Span(String text, boolean content) {}

  /** The text cut where its kind changes. */
  public List<Span> spans() {
    var spans = new ArrayList<Span>();
    for (int start = 0; start < text.length(); ) {
      boolean kind = content.get(start);
      int next = kind ? content.nextClearBit(start) : content.nextSetBit(start);
      int end = next < 0 ? text.length() : Math.min(next, text.length());
      spans.add(new Span(text.substring(start, end), kind));
      start = end;
    }
    return spans;
  }

  int length() {
    return text.length();
  }

  int codePoints() {
    return text.codePointCount(0, text.length());
  }

  boolean isContent(int index) {
    return content.get(index);
  }

  Str substring(int start, int end) {
    return new Str(text.substring(start, end), content.get(start, end));
  }

  Str substring(int start) {
    return substring(start, text.length());
  }

  /** The characters, one code point each. */
  List<Object> characters() {
    var characters = new ArrayList<Object>();
    for (int i = 0; i < text.length(); ) {
      int end = i + Character.charCount(text.codePointAt(i));
      characters.add(substring(i, end));
      i = end;
    }
    return characters;
  }

  /** Changes the text of each run by itself, which keeps its kind. */
  Str map(UnaryOperator<String> change) {
    var builder = new Builder();
    for (var span : spans()) {
      builder.append(
          span.content ? content(change.apply(span.text)) : literal(change.apply(span.text)));
    }
    return builder.build();
  }

  Str upper() {
    return map(s -> s.toUpperCase(Locale.ROOT));
  }

  Str lower() {
    return map(s -> s.toLowerCase(Locale.ROOT));
  }

  Str capitalize() {
    if (text.isEmpty()) {
      return this;
    }
    int first = text.offsetByCodePoints(0, 1);
    return new Builder()
        .append(substring(0, first).upper())
        .append(substring(first).lower())
        .build();
  }

  /** Every first letter of a word upper, the others lower; words stand between {@code breaks}. */
  Str title(IntPredicate breaks) {
    var builder = new Builder();
    boolean inWord = false;
    for (var character : characters()) {
      var one = (Str) character;
      boolean between = breaks.test(one.text.codePointAt(0));
      builder.append(between || inWord ? one.lower() : one.upper());
      inWord = !between;
    }
    return builder.build();
  }

  /** Without what is at the ends: characters of {@code set}, or white space if that is null. */
  Str strip(boolean left, boolean right, Str set) {
    int start = 0;
    int end = text.length();
    while (left && start < end && isStripped(text.codePointAt(start), set)) {
      start += Character.charCount(text.codePointAt(start));
    }
    while (right && end > start && isStripped(text.codePointBefore(end), set)) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return substring(start, end);
  }

  private static boolean isStripped(int c, Str set) {
    return set == null ? isSpace(c) : set.text.indexOf(c) >= 0;
  }

  /** As Python's {@code str.isspace}. */
  static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Str s && s.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }

  /** Joins strings, each unit keeping its kind. */
  static final class Builder {
    private final StringBuilder text = new StringBuilder();
    private final BitSet content = new BitSet();

    Builder append(Str more) {
      int at = text.length();
      for (int i = more.content.nextSetBit(0); i >= 0; ) {
        int end = more.content.nextClearBit(i);
        content.set(at + i, at + end);
        i = more.content.nextSetBit(end);
      }
      text.append(more.text);
      return this;
    }

    Builder append(String literal) {
      text.append(literal);
      return this;
    }

    /** Text derived from a unit of the given kind. */
    Builder append(String derived, boolean isContent) {
      content.set(text.length(), text.length() + derived.length(), isContent);
      text.append(derived);
      return this;
    }

    int length() {
      return text.length();
    }

    Str build() {
      return new Str(text.toString(), (BitSet) content.clone());
    }
  }
}
