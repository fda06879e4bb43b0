package io.github.bitnet4j.gguf;

/** Text from untrusted files, made fit for a one-line message. */
final class Text {
  private static final int MAX_NAME = 80;

  private Text() {}

  /** {@code text} with every control, format and line-separating character replaced by '?'. */
  static String printable(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints().forEach(c -> out.appendCodePoint(isPrintable(c) ? c : '?'));
    return out.toString();
  }

  /** A name for use inside a field path: printable, and shortened when very long. */
  static String shortName(String name) {
    return printable(
        name.length() <= MAX_NAME
            ? name
            : name.substring(0, MAX_NAME) + "…(" + name.length() + ")");
  }

  static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
