package io.github.bitnet4j.gguf;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** Encodes header fields, little-endian, into a growing array. */
final class ValueEncoder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] bytes() {
    return out.toByteArray();
  }

  void raw(byte[] bytes) {
    out.writeBytes(bytes);
  }

  void u32(int value) {
    integer(value, Integer.BYTES);
  }

  void u64(long value) {
    integer(value, Long.BYTES);
  }

  void string(String value) {
    string(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Key and type of an entry; its value comes next. */
  void entry(String key, GgufValueType type) {
    boolean ascii = key.chars().allMatch(c -> c >= 0x20 && c <= 0x7e);
    if (!ascii || key.isEmpty() || key.length() > GgufReader.MAX_KEY_BYTES) {
      throw new IllegalArgumentException(
          "key \"%s\" must be 1 to %d printable ASCII characters"
              .formatted(Text.shortName(key), GgufReader.MAX_KEY_BYTES));
    }
    string(key);
    u32(type.id());
  }

  void value(String key, GgufValueType type, Object value) {
    switch (value) {
      case String text when type == GgufValueType.STRING -> string(text);
      case byte[] text when type == GgufValueType.STRING -> string(text);
      case Boolean bit when type == GgufValueType.BOOL -> integer(bit ? 1 : 0, 1);
      case Number number when type == GgufValueType.F32 ->
          u32(Float.floatToRawIntBits(number.floatValue()));
      case Number number when type == GgufValueType.F64 ->
          u64(Double.doubleToRawLongBits(number.doubleValue()));
      case Number number when type.isInteger() -> {
        long bits = exactLong(key, type, number);
        requireFits(key, type, bits);
        integer(bits, type.bytes());
      }
      default ->
          throw new IllegalArgumentException(
              "%s: %s is no value of type %s".formatted(key, value, type));
    }
  }

  private static long exactLong(String key, GgufValueType type, Number number) {
    try {
      return new BigDecimal(number.toString()).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("%s: %s is no %s".formatted(key, number, type), e);
    }
  }

  private static void requireFits(String key, GgufValueType type, long value) {
    int bits = 8 * type.bytes();
    boolean fits =
        switch (type) {
          case U8, U16, U32 -> value >>> bits == 0;
          case I8, I16, I32 -> value >> (bits - 1) == value >> 63;
          default -> true;
        };
    if (!fits) {
      throw new IllegalArgumentException("%s: %d is no %s".formatted(key, value, type));
    }
  }

  private void string(byte[] bytes) {
    u64(bytes.length);
    out.writeBytes(bytes);
  }

  private void integer(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> 8 * i));
    }
  }
}
