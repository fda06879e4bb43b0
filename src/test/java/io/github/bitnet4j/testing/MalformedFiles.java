package io.github.bitnet4j.testing;

import static io.github.bitnet4j.testing.GgufFields.Kind.OFFSET;

import io.github.bitnet4j.testing.GgufFields.Field;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Malformed GGUF files made from a valid one by changing one thing at a time.
 *
 * <p>The valid file needs at least three tensors with data in file order and without gaps, and a
 * {@code general.alignment} of 32, as {@link RandomModel} writes them. Files are made one by one as
 * the streams are consumed.
 */
public final class MalformedFiles {
  private static final int U8_ID = 0;
  private static final int STRING_ID = 8;
  private static final int ARRAY_ID = 9;
  private static final int U64_ID = 10;
  private static final int F64_TENSOR_ID = 28;

  private final byte[] valid;
  private final GgufFields layout;

  private MalformedFiles(byte[] valid) {
    this.valid = valid;
    this.layout = GgufFields.of(valid);
  }

  /** Every header field wrong in turn, with several wrong values each. */
  public static Stream<MalformedFile> wrongFields(byte[] valid) {
    var files = new MalformedFiles(valid);
    return Stream.concat(files.layout.fields().stream().flatMap(files::wrong), files.duplicates());
  }

  /** Cut at the start and in the middle of every header field, and in every tensor's data. */
  public static Stream<MalformedFile> truncated(byte[] valid) {
    var files = new MalformedFiles(valid);
    return files
        .cuts()
        .distinct()
        .mapToObj(
            length ->
                new MalformedFile(
                    "cut to " + length + " bytes",
                    "",
                    OptionalLong.empty(),
                    Arrays.copyOf(valid, length)));
  }

  /**
   * One to eight bits of the header flipped, {@code count} times. Such a file may be valid: it must
   * be read or refused, and nothing else.
   */
  public static Stream<MalformedFile> flipped(byte[] valid, long seed, int count) {
    int headerBits = 8 * GgufFields.of(valid).headerEnd();
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              var random = new SplittableRandom(seed + i);
              byte[] bytes = valid.clone();
              for (int n = random.nextInt(1, 9); n > 0; n--) {
                int bit = random.nextInt(headerBits);
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
              }
              return new MalformedFile(
                  "flips of seed " + (seed + i), "", OptionalLong.empty(), bytes);
            });
  }

  private Stream<MalformedFile> wrong(Field field) {
    return switch (field.kind()) {
      case MAGIC -> {
        int magic = u32(field);
        yield named(field, 0, -1, magic ^ 1, magic ^ 1 << 8, magic ^ 1 << 16, magic ^ 1 << 24);
      }
      case VERSION -> named(field, 0, 1, 4, 255, 1 << 31, -1, 2 << 24, 3 << 24);
      case TENSOR_COUNT, ENTRY_COUNT ->
          Stream.concat(
              named(field, -1, Long.MIN_VALUE, Long.MAX_VALUE, 65_537, 1L << 32),
              unnamed(field, 0, u64(field) - 1, u64(field) + 1));
      case KEY_LENGTH, NAME_LENGTH ->
          Stream.concat(
              named(field, 0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 65_536, u64(field) | 1L << 32),
              unnamed(field, u64(field) - 1, u64(field) + 1));
      case KEY, NAME -> wrongText(field);
      case VALUE_TYPE -> wrongValueType(field);
      case ELEMENT_TYPE ->
          Stream.concat(
              named(field, ARRAY_ID, 13, 255, 1 << 31, -1),
              u32(field) == U64_ID ? Stream.of() : unnamed(field, U64_ID));
      case ELEMENT_COUNT ->
          Stream.concat(
              named(field, -1, Long.MIN_VALUE, Long.MAX_VALUE, valid.length, 1L << 32),
              unnamed(field, 0, u64(field) - 1, u64(field) + 1));
      case STRING_LENGTH ->
          Stream.concat(
              named(field, -1, Long.MIN_VALUE, Long.MAX_VALUE, valid.length, 1L << 32),
              unnamed(field, u64(field) - 1, u64(field) + 1));
      case BOOL -> named(field, 2, 127, 128, 255);
      case ALIGNMENT -> named(field, 0, 1, 4, 31, 33, 48, 1 << 21, 1 << 31, -1);
      case SCALAR -> Stream.of();
      case DIMENSION_COUNT ->
          Stream.concat(
              named(field, 0, 5, 255, 1 << 31, -1), unnamed(field, u32(field) == 1 ? 2 : 1, 3, 4));
      case DIMENSION ->
          Stream.concat(
              named(field, 0, -1, Long.MIN_VALUE),
              unnamed(field, Long.MAX_VALUE, 1L << 62, 1L << 32, u64(field) * 2));
      case TENSOR_TYPE ->
          Stream.concat(named(field, -1, 1 << 31, 1 << 16), unnamed(field, F64_TENSOR_ID));
      case OFFSET -> wrongOffset(field);
    };
  }

  private Stream<MalformedFile> wrongText(Field field) {
    return Stream.of(0x00, 0x0a, 0x7f, 0xff)
        .map(
            value -> {
              byte[] bytes = valid.clone();
              bytes[field.offset()] = value.byteValue();
              String name = "%s begins with byte 0x%02x".formatted(field.path(), value);
              return new MalformedFile(name, field.path(), OptionalLong.of(field.offset()), bytes);
            });
  }

  private Stream<MalformedFile> wrongValueType(Field field) {
    int[] otherWidths =
        switch (u32(field)) {
          case STRING_ID -> new int[] {U8_ID, ARRAY_ID, U64_ID};
          case ARRAY_ID -> new int[] {U8_ID, STRING_ID, U64_ID};
          case U64_ID, 11, 12 -> new int[] {U8_ID, STRING_ID, ARRAY_ID};
          default -> new int[] {STRING_ID, ARRAY_ID, U64_ID};
        };
    return Stream.concat(
        named(field, 13, 255, 1 << 31, -1),
        unnamed(field, IntStream.of(otherWidths).asLongStream().toArray()));
  }

  private Stream<MalformedFile> wrongOffset(Field field) {
    List<Field> offsets = layout.of(OFFSET);
    int index = offsets.indexOf(field);
    long value = u64(field);
    Stream<MalformedFile> outside =
        named(field, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 62, value + 1, value + 16);
    // Moved by one alignment unit a tensor meets the next, or the end of the file; set to another
    // tensor's place it meets that one. The exception may name either of the two.
    long elsewhere = u64(offsets.get(index == 0 ? 1 : index - 1));
    return Stream.concat(outside, unnamed(field, value + 32, elsewhere));
  }

  /** Files whose one wrong field must be the one that is named. */
  private Stream<MalformedFile> named(Field field, long... values) {
    return Arrays.stream(values)
        .filter(value -> value != value(field))
        .mapToObj(
            value ->
                new MalformedFile(
                    field.path() + " = " + value,
                    field.path(),
                    OptionalLong.of(field.offset()),
                    with(field, value)));
  }

  /** Files whose wrong field may show further on. */
  private Stream<MalformedFile> unnamed(Field field, long... values) {
    return Arrays.stream(values)
        .filter(value -> value != value(field) && value >= 0)
        .mapToObj(
            value ->
                new MalformedFile(
                    field.path() + " = " + value, "", OptionalLong.empty(), with(field, value)));
  }

  private Stream<MalformedFile> duplicates() {
    int entriesStart = layout.metadataStart();
    int secondEntry = layout.of(GgufFields.Kind.KEY_LENGTH).get(1).offset();
    byte[] firstEntry = Arrays.copyOfRange(valid, entriesStart, secondEntry);
    int tensorsStart = layout.tensorsStart();
    int secondTensor = layout.of(GgufFields.Kind.NAME_LENGTH).get(1).offset();
    byte[] firstTensor = Arrays.copyOfRange(valid, tensorsStart, secondTensor);
    return Stream.of(
        new MalformedFile(
            "the first key again at the end",
            "",
            OptionalLong.of(tensorsStart + 8),
            inserted(firstEntry, tensorsStart, layout.of(GgufFields.Kind.ENTRY_COUNT))),
        new MalformedFile(
            "the first tensor again at the end",
            "",
            OptionalLong.of(layout.headerEnd() + 8),
            inserted(firstTensor, layout.headerEnd(), layout.of(GgufFields.Kind.TENSOR_COUNT))));
  }

  /** The file with more header bytes at {@code at}, one more in the count, and padded anew. */
  private byte[] inserted(byte[] more, int at, List<Field> count) {
    byte[] counted = with(count.getFirst(), u64(count.getFirst()) + 1);
    var out = new ByteArrayOutputStream();
    out.write(counted, 0, at);
    out.writeBytes(more);
    out.write(counted, at, layout.headerEnd() - at);
    while (out.size() % 32 != 0) {
      out.write(0);
    }
    out.write(valid, layout.dataStart(), valid.length - layout.dataStart());
    return out.toByteArray();
  }

  private IntStream cuts() {
    var cuts = new ArrayList<Integer>();
    for (Field field : layout.fields()) {
      cuts.add(field.offset());
      cuts.add(field.offset() + (field.width() + 1) / 2);
    }
    cuts.add(layout.headerEnd());
    cuts.add(layout.dataStart());
    List<Field> offsets = layout.of(OFFSET);
    for (int i = 0; i < offsets.size(); i++) {
      int start = layout.dataStart() + (int) u64(offsets.get(i));
      int end =
          i + 1 < offsets.size()
              ? layout.dataStart() + (int) u64(offsets.get(i + 1))
              : valid.length;
      cuts.addAll(List.of(start, start + 1, (start + end) / 2, end - 1));
    }
    return cuts.stream().mapToInt(Integer::intValue);
  }

  private byte[] with(Field field, long value) {
    byte[] bytes = valid.clone();
    for (int i = 0; i < field.width(); i++) {
      bytes[field.offset() + i] = (byte) (value >>> 8 * i);
    }
    return bytes;
  }

  private long value(Field field) {
    return switch (field.width()) {
      case 1 -> valid[field.offset()] & 0xff;
      case 4 -> u32(field);
      default -> u64(field);
    };
  }

  private int u32(Field field) {
    return ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getInt(field.offset());
  }

  private long u64(Field field) {
    return ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getLong(field.offset());
  }
}
