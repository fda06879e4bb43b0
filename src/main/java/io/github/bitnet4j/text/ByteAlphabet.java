package io.github.bitnet4j.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The printable alphabet in which byte-level vocabularies are written: one character per byte.
 *
 * <p>Bytes 33–126, 161–172 and 174–255 stand for the code point of the same number; the remaining
 * 68 bytes, in rising order, for code points 256, 257, … (the map published with GPT-2).
 */
final class ByteAlphabet {
  private static final char[] CHAR_OF_BYTE = new char[256];
  private static final short[] BYTE_OF_CHAR = new short[256 + 68];

  static {
    Arrays.fill(BYTE_OF_CHAR, (short) -1);
    char next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      char c = printable ? (char) b : next++;
      CHAR_OF_BYTE[b] = c;
      BYTE_OF_CHAR[c] = (short) b;
    }
  }

  private ByteAlphabet() {}

  /** The character that stands for {@code unsignedByte} (0–255). */
  static char charOf(int unsignedByte) {
    return CHAR_OF_BYTE[unsignedByte];
  }

  /** The byte (0–255) that {@code c} stands for, or −1 when it stands for none. */
  static int byteOf(char c) {
    return c < BYTE_OF_CHAR.length ? BYTE_OF_CHAR[c] : -1;
  }

  /**
   * The bytes a token text stands for. A character outside the alphabet, which only odd
   * vocabularies contain, stands for its own UTF-8 bytes.
   */
  static byte[] decode(String tokenText) {
    int length = tokenText.length();
    var bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      int b = byteOf(tokenText.charAt(i));
      if (b < 0) {
        return decodeMixed(tokenText);
      }
      bytes[i] = (byte) b;
    }
    return bytes;
  }

  private static byte[] decodeMixed(String tokenText) {
    var bytes = new ByteArrayOutputStream(tokenText.length() * 2);
    tokenText
        .codePoints()
        .forEach(
            codePoint -> {
              int b = codePoint <= Character.MAX_VALUE ? byteOf((char) codePoint) : -1;
              if (b >= 0) {
                bytes.write(b);
              } else {
                bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
              }
            });
    return bytes.toByteArray();
  }
}
