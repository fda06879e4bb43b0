package io.github.bitnet4j.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/**
 * A position in a part that never leaves it: every read names its field and fails with that name
 * when the bytes are not there. Field paths are put together only when something fails.
 */
final class Cursor {
  static final String DAMAGED = "; the file is damaged, fetch it again";
  static final String TRUNCATED = "; the file is truncated or damaged, fetch it again";

  final String file;
  final MemorySegment segment;
  final long size;
  private byte[] scratch = new byte[GgufReader.MAX_TENSOR_NAME_BYTES];
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final CharBuffer characters = CharBuffer.allocate(GgufReader.MAX_TENSOR_NAME_BYTES);
  private long position;
  private String table = "";
  private long index = -1;
  private String name = "";
  private long element = -1;

  Cursor(String file, MemorySegment segment) {
    this.file = file;
    this.segment = segment;
    this.size = segment.byteSize();
  }

  long position() {
    return position;
  }

  long remaining() {
    return size - position;
  }

  /** Starts entry {@code i} of {@code table} ("kv" or "tensor"), whose name is not yet known. */
  void enter(String table, long i) {
    this.table = table;
    this.index = i;
    this.name = "";
    this.element = -1;
  }

  /** Says that the value's array element {@code i} is being read; -1 when none is. */
  void element(long i) {
    this.element = i;
  }

  /** Names the entry that was entered last. */
  void named(String name) {
    this.name = name;
  }

  GgufFormatException fail(String field, long offset, String problem) {
    if (element >= 0) {
      field = field.replaceFirst("^value", "value[" + element + "]");
    }
    String path = table.isEmpty() ? field : path(table, index, name) + "." + field;
    return GgufFormatException.of(file, path, offset, problem);
  }

  static String path(String table, long index, String name) {
    return table + "[" + index + (name.isEmpty() ? "" : " " + Text.shortName(name)) + "]";
  }

  void need(long bytes, String field) throws GgufFormatException {
    if (bytes > remaining()) {
      throw fail(
          field,
          position,
          "needs %d bytes but the file ends after %d; it is truncated, fetch it again"
              .formatted(bytes, remaining()));
    }
  }

  void skip(long bytes, String field) throws GgufFormatException {
    need(bytes, field);
    position += bytes;
  }

  int u8(String field) throws GgufFormatException {
    need(1, field);
    return segment.get(ValueLayout.JAVA_BYTE, position++) & 0xff;
  }

  int u32(String field) throws GgufFormatException {
    need(Integer.BYTES, field);
    int value = segment.get(Layouts.INT32, position);
    position += Integer.BYTES;
    return value;
  }

  /** A u64 that must fit a signed 64-bit integer. */
  long u64(String field) throws GgufFormatException {
    need(Long.BYTES, field);
    long value = segment.get(Layouts.INT64, position);
    if (value < 0) {
      throw fail(field, position, Long.toUnsignedString(value) + " exceeds 2^63 - 1" + DAMAGED);
    }
    position += Long.BYTES;
    return value;
  }

  /** A u64 count of things that each take at least {@code minimumBytes} of what remains. */
  long count(long minimumBytes, String field) throws GgufFormatException {
    long at = position;
    long count = u64(field);
    if (count > remaining() / minimumBytes) {
      throw fail(
          field,
          at,
          "%d entries of at least %d bytes do not fit in the %d bytes that follow%s"
              .formatted(count, minimumBytes, remaining(), TRUNCATED));
    }
    return count;
  }

  /** A metadata key: printable ASCII, 1 to {@link GgufReader#MAX_KEY_BYTES} bytes. */
  String key() throws GgufFormatException {
    int length = length(GgufReader.MAX_KEY_BYTES, "key.length");
    long at = position;
    takeText(length, "key");
    int bad = firstOutsidePrintableAscii(length);
    if (bad >= 0) {
      throw fail(
          "key",
          at + bad,
          "byte 0x%02x is not printable ASCII, which keys must be%s"
              .formatted(scratch[bad] & 0xff, DAMAGED));
    }
    return new String(scratch, 0, length, StandardCharsets.US_ASCII);
  }

  /** A tensor name: UTF-8 without control characters, 1 to 255 bytes. */
  String tensorName() throws GgufFormatException {
    int length = length(GgufReader.MAX_TENSOR_NAME_BYTES, "name.length");
    long at = position;
    takeText(length, "name");
    if (firstOutsidePrintableAscii(length) < 0) {
      return new String(scratch, 0, length, StandardCharsets.US_ASCII);
    }
    characters.clear();
    decoder.reset();
    if (decoder.decode(ByteBuffer.wrap(scratch, 0, length), characters, true).isError()) {
      throw fail("name", at, "is not valid UTF-8" + DAMAGED);
    }
    String name = characters.flip().toString();
    for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
      if (!Text.isPrintable(name.codePointAt(i))) {
        throw fail("name", at, "holds control characters" + DAMAGED);
      }
    }
    return name;
  }

  /** Takes {@code length} bytes into the scratch. */
  private void takeText(int length, String field) throws GgufFormatException {
    long at = position;
    skip(length, field);
    if (length > scratch.length) {
      scratch = new byte[length];
    }
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, scratch, 0, length);
  }

  /** Index of the first byte of the scratch that is not printable ASCII, or -1. */
  private int firstOutsidePrintableAscii(int length) {
    for (int i = 0; i < length; i++) {
      if (scratch[i] < 0x20 || scratch[i] > 0x7e) {
        return i;
      }
    }
    return -1;
  }

  private int length(int max, String field) throws GgufFormatException {
    long at = position;
    long length = u64(field);
    if (length < 1 || length > max) {
      throw fail(field, at, "is %d but must be 1 to %d%s".formatted(length, max, DAMAGED));
    }
    return (int) length;
  }
}
