package io.github.bitnet4j.text;

/** UTF-8 of parts of a text. An unpaired surrogate becomes U+FFFD. */
final class Utf8 {
  private static final int REPLACEMENT = 0xFFFD;

  private Utf8() {}

  /** The bytes of {@code text[start, end)}. */
  static byte[] encode(char[] text, int start, int end) {
    var bytes = new byte[length(text, start, end)];
    int n = 0;
    int i = start;
    while (i < end) {
      int codePoint = codePointAt(text, i, end);
      i += Character.charCount(codePoint);
      n = put(codePoint, bytes, n);
    }
    return bytes;
  }

  /** The code point at {@code i}, below {@code end}; U+FFFD for an unpaired surrogate. */
  static int codePointAt(char[] text, int i, int end) {
    char c = text[i];
    if (!Character.isSurrogate(c)) {
      return c;
    }
    return Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text[i + 1])
        ? Character.toCodePoint(c, text[i + 1])
        : REPLACEMENT;
  }

  private static int length(char[] text, int start, int end) {
    long bytes = 0;
    for (int i = start; i < end; i++) {
      char c = text[i];
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (codePointAt(text, i, end) > Character.MAX_VALUE) {
        bytes += 4;
        i++;
      } else {
        bytes += 3;
      }
    }
    return Math.toIntExact(bytes);
  }

  private static int put(int codePoint, byte[] bytes, int at) {
    int n = at;
    if (codePoint < 0x80) {
      bytes[n++] = (byte) codePoint;
    } else if (codePoint < 0x800) {
      bytes[n++] = (byte) (0xC0 | codePoint >> 6);
      bytes[n++] = (byte) (0x80 | codePoint & 0x3F);
    } else if (codePoint <= Character.MAX_VALUE) {
      bytes[n++] = (byte) (0xE0 | codePoint >> 12);
      bytes[n++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
      bytes[n++] = (byte) (0x80 | codePoint & 0x3F);
    } else {
      bytes[n++] = (byte) (0xF0 | codePoint >> 18);
      bytes[n++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
      bytes[n++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
      bytes[n++] = (byte) (0x80 | codePoint & 0x3F);
    }
    return n;
  }
}
