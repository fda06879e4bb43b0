package io.github.bitnet4j.cli;

import java.util.Locale;
import java.util.stream.Collectors;

/** How numbers, sizes and texts from files look on a screen. The locale makes no difference. */
final class Text {
  private static final String[] BINARY_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Text() {}

  /** {@link String#format(Locale, String, Object...)} with {@link Locale#ROOT}. */
  static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  /** A size such as {@code 1.11 GiB}, with at most three digits before the point. */
  static String bytes(long bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 1000 && unit < BINARY_UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : format("%.2f %s", value, BINARY_UNITS[unit]);
  }

  /** A count such as {@code 2.41 B}, in the units model sizes are given in. */
  static String count(long count) {
    if (count >= 1_000_000_000) {
      return format("%.2f B", count / 1e9);
    }
    if (count >= 1_000_000) {
      return format("%.2f M", count / 1e6);
    }
    return count >= 1_000 ? format("%.2f K", count / 1e3) : Long.toString(count);
  }

  /** A duration such as {@code 12.3 ms} or {@code 4.56 s}. */
  static String duration(long nanos) {
    double seconds = nanos / 1e9;
    return seconds < 1 ? format("%.1f ms", seconds * 1e3) : format("%.2f s", seconds);
  }

  /** A noun with its number, such as {@code 1 token} or {@code 2 tokens}. */
  static String plural(long count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  /** Text in quotes on one line: what could steer a terminal or hide is escaped. */
  static String quote(String text) {
    return "\"" + escape(text.replace("\\", "\\\\").replace("\"", "\\\"")) + "\"";
  }

  /** Text on one line: line breaks, tabs and other control characters are escaped. */
  static String escape(String text) {
    return text.codePoints().mapToObj(Text::escape).collect(Collectors.joining());
  }

  /** Text on one line: line breaks become spaces, other control characters are escaped. */
  static String oneLine(String text) {
    return escape(text.strip().replaceAll("\\s*\\R\\s*", " "));
  }

  /** The first characters of a text, with an ellipsis where there are more. */
  static String shorten(String text, int limit) {
    if (text.codePointCount(0, text.length()) <= limit) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, limit - 1)) + "…";
  }

  private static String escape(int codePoint) {
    return switch (codePoint) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> isHidden(codePoint) ? format("\\u{%x}", codePoint) : Character.toString(codePoint);
    };
  }

  private static boolean isHidden(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
