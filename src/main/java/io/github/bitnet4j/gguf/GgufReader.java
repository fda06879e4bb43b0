package io.github.bitnet4j.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Reads and validates one part.
 *
 * <p>Layout: magic, u32 version, u64 tensor count, u64 metadata count; the metadata entries; the
 * tensor entries; zero padding to the alignment; the data section that tensor offsets refer to.
 */
final class GgufReader {
  static final int MAX_ENTRIES = 65_536;
  static final int MAX_TENSORS = 65_536;
  static final int MAX_KEY_BYTES = 65_535;
  static final int MAX_TENSOR_NAME_BYTES = 255;
  static final int MAX_DIMENSIONS = 4;
  static final int MAX_TYPE_ID = 0xffff;
  static final int DEFAULT_ALIGNMENT = 32;
  static final int MIN_ALIGNMENT = 8;
  static final int MAX_ALIGNMENT = 1 << 20;
  static final String ALIGNMENT_KEY = "general.alignment";

  private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
  // Smallest encodings: length, 1 byte of key, type, 1 byte of value; and length, 1 byte of name,
  // dimension count, 1 dimension, type, offset.
  private static final int MIN_ENTRY_BYTES = 8 + 1 + 4 + 1;
  private static final int MIN_TENSOR_BYTES = 8 + 1 + 4 + 8 + 4 + 8;
  private static final String[] DIMENSION_FIELDS = {"ne[0]", "ne[1]", "ne[2]", "ne[3]"};

  /** What one part holds. */
  record Contents(
      int version,
      int alignment,
      GgufMetadata metadata,
      List<GgufTensor> tensors,
      long dataOffset) {}

  /** A tensor's directory entry, before its data is located; {@code offset} is as stored. */
  private record Info(
      int index, String name, List<Long> shape, int typeId, long offset, long infoOffset) {}

  private final Cursor in;
  private final int part;

  private GgufReader(String name, MemorySegment segment, int part) {
    this.in = new Cursor(name, segment);
    this.part = part;
  }

  /**
   * Reads a part.
   *
   * @param name name for messages
   * @param segment the whole part
   * @param part index the tensors will carry
   */
  static Contents read(String name, MemorySegment segment, int part) throws GgufFormatException {
    return new GgufReader(name, segment, part).read();
  }

  private Contents read() throws GgufFormatException {
    int version = readVersion();
    long tensorCountAt = in.position();
    long tensorCount = in.u64("n_tensors");
    long entryCountAt = in.position();
    long entryCount = in.u64("n_kv");
    checkCount("n_tensors", tensorCountAt, tensorCount, MAX_TENSORS, MIN_TENSOR_BYTES);
    checkCount("n_kv", entryCountAt, entryCount, MAX_ENTRIES, MIN_ENTRY_BYTES);
    GgufMetadata metadata = readMetadata((int) entryCount);
    int alignment = alignment(metadata);
    List<Info> infos = readInfos((int) tensorCount, alignment);
    long dataOffset = endHeader(alignment, infos.isEmpty());
    return new Contents(
        version, alignment, metadata, locate(infos, dataOffset, alignment), dataOffset);
  }

  private int readVersion() throws GgufFormatException {
    if (in.size == 0) {
      throw in.fail("magic", 0, "the file is empty; fetch it again");
    }
    int magic = in.u32("magic");
    if (magic != MAGIC) {
      throw in.fail(
          "magic", 0, "is 0x%08x, not \"GGUF\"; this is not a GGUF file".formatted(magic));
    }
    long at = in.position();
    int version = in.u32("version");
    if (version == 2 || version == 3) {
      return version;
    }
    int swapped = Integer.reverseBytes(version);
    if (swapped >= 1 && swapped <= 0xff) {
      throw in.fail(
          "version",
          at,
          "is %d in big-endian order, which is not supported; convert the file to little-endian"
              .formatted(swapped));
    }
    throw in.fail(
        "version",
        at,
        "is %s; only versions 2 and 3 are supported, convert the file again with a current tool"
            .formatted(Integer.toUnsignedString(version)));
  }

  private void checkCount(String field, long at, long count, int max, int minimumBytes)
      throws GgufFormatException {
    if (count > max) {
      throw in.fail(field, at, "is " + count + " but may be at most " + max + Cursor.DAMAGED);
    }
    if (count > in.remaining() / minimumBytes) {
      throw in.fail(
          field,
          at,
          "%d entries of at least %d bytes do not fit in the %d bytes that follow%s"
              .formatted(count, minimumBytes, in.remaining(), Cursor.DAMAGED));
    }
  }

  private GgufMetadata readMetadata(int count) throws GgufFormatException {
    var entries = new LinkedHashMap<String, GgufMetadata.Entry>();
    for (int i = 0; i < count; i++) {
      in.enter("kv", i);
      long keyOffset = in.position();
      String key = in.key();
      in.named(key);
      if (entries.containsKey(key)) {
        throw in.fail(
            "key", keyOffset + Long.BYTES, "appears twice; remove one of the two entries");
      }
      entries.put(key, readEntry(i, key, keyOffset));
    }
    return new GgufMetadata(in.file, in.segment, entries);
  }

  private GgufMetadata.Entry readEntry(int i, String key, long keyOffset)
      throws GgufFormatException {
    GgufValueType type = readType("type");
    long valueOffset = in.position();
    var elementType = Optional.<GgufValueType>empty();
    long count = 1;
    long payload = valueOffset;
    if (type == GgufValueType.ARRAY) {
      var element = readType("value.type");
      if (element == GgufValueType.ARRAY) {
        throw in.fail("value.type", valueOffset, "is an array of arrays, which is not supported");
      }
      elementType = Optional.of(element);
      count = in.count(element.minimumBytes(), "value.count");
      payload = in.position();
      readElements(element, count);
    } else {
      readValue(type);
    }
    return new GgufMetadata.Entry(
        i, key, type, elementType, count, keyOffset, valueOffset, payload, in.position());
  }

  private GgufValueType readType(String field) throws GgufFormatException {
    long at = in.position();
    int id = in.u32(field);
    return GgufValueType.of(id)
        .orElseThrow(
            () ->
                in.fail(
                    field,
                    at,
                    "is %s but value types are 0 to 12%s"
                        .formatted(Integer.toUnsignedString(id), Cursor.DAMAGED)));
  }

  /** Steps over an array's elements, checking what can be wrong in them. */
  private void readElements(GgufValueType type, long count) throws GgufFormatException {
    if (type != GgufValueType.STRING && type != GgufValueType.BOOL) {
      in.skip(count * type.bytes(), "value"); // the count fits what remains, so this is exact
      return;
    }
    for (long i = 0; i < count; i++) {
      in.element(i);
      readValue(type);
    }
    in.element(-1);
  }

  private void readValue(GgufValueType type) throws GgufFormatException {
    long at = in.position();
    switch (type) {
      case STRING -> {
        long length = in.u64("value.length");
        if (length > in.remaining()) {
          throw in.fail(
              "value.length",
              at,
              "is %d but only %d bytes follow%s".formatted(length, in.remaining(), Cursor.DAMAGED));
        }
        in.skip(length, "value");
      }
      case BOOL -> {
        int value = in.u8("value");
        if (value > 1) {
          throw in.fail("value", at, "is " + value + " but a bool is 0 or 1" + Cursor.DAMAGED);
        }
      }
      default -> in.skip(type.bytes(), "value");
    }
  }

  private int alignment(GgufMetadata metadata) throws GgufFormatException {
    long alignment = metadata.int64(ALIGNMENT_KEY).orElse(DEFAULT_ALIGNMENT);
    if (alignment < MIN_ALIGNMENT || alignment > MAX_ALIGNMENT || Long.bitCount(alignment) != 1) {
      throw metadata.invalid(
          ALIGNMENT_KEY,
          "is %d but must be a power of two from %d to %d%s"
              .formatted(alignment, MIN_ALIGNMENT, MAX_ALIGNMENT, Cursor.DAMAGED));
    }
    return (int) alignment;
  }

  private List<Info> readInfos(int count, int alignment) throws GgufFormatException {
    var infos = new ArrayList<Info>(count);
    var names = new HashSet<String>();
    for (int i = 0; i < count; i++) {
      in.enter("tensor", i);
      long infoOffset = in.position();
      String name = in.tensorName();
      in.named(name);
      if (!names.add(name)) {
        throw in.fail(
            "name", infoOffset + Long.BYTES, "appears twice; remove one of the two tensors");
      }
      List<Long> shape = readShape();
      long typeAt = in.position();
      int typeId = in.u32("type");
      if (typeId < 0 || typeId > MAX_TYPE_ID) {
        throw in.fail(
            "type",
            typeAt,
            Integer.toUnsignedString(typeId) + " is not a tensor type" + Cursor.DAMAGED);
      }
      long offsetAt = in.position();
      long offset = in.u64("offset");
      if (offset % alignment != 0) {
        throw in.fail(
            "offset",
            offsetAt,
            "is %d, not a multiple of the alignment %d%s"
                .formatted(offset, alignment, Cursor.DAMAGED));
      }
      infos.add(new Info(i, name, shape, typeId, offset, infoOffset));
    }
    in.enter("", -1);
    return infos;
  }

  private List<Long> readShape() throws GgufFormatException {
    long at = in.position();
    int dimensions = in.u32("n_dims");
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
      throw in.fail(
          "n_dims",
          at,
          "is %s but must be 1 to %d%s"
              .formatted(Integer.toUnsignedString(dimensions), MAX_DIMENSIONS, Cursor.DAMAGED));
    }
    var shape = new Long[dimensions];
    long elements = 1;
    for (int d = 0; d < dimensions; d++) {
      long dimensionAt = in.position();
      shape[d] = in.u64(DIMENSION_FIELDS[d]);
      if (shape[d] < 1) {
        throw in.fail(
            DIMENSION_FIELDS[d], dimensionAt, "is 0 but must be at least 1" + Cursor.DAMAGED);
      }
      if (shape[d] > Long.MAX_VALUE / elements) {
        throw in.fail(
            DIMENSION_FIELDS[d],
            dimensionAt,
            "is %d, which makes the element count exceed 2^63 - 1%s"
                .formatted(shape[d], Cursor.DAMAGED));
      }
      elements *= shape[d];
    }
    return List.of(shape);
  }

  /** Steps over the padding after the header; returns where the data section starts. */
  private long endHeader(int alignment, boolean noTensors) throws GgufFormatException {
    long end = in.position();
    long dataOffset = Layouts.alignUp(end, alignment);
    if (dataOffset > in.size && !noTensors) {
      throw in.fail(
          "padding",
          end,
          "the file ends before the tensor data at byte %d; it is truncated, fetch it again"
              .formatted(dataOffset));
    }
    for (long at = end; at < Math.min(dataOffset, in.size); at++) {
      if (in.segment.get(ValueLayout.JAVA_BYTE, at) != 0) {
        throw in.fail(
            "padding",
            at,
            "is not zero, so n_tensors or general.alignment is wrong" + Cursor.DAMAGED);
      }
    }
    return dataOffset;
  }

  /** Sizes the tensors and checks that each lies inside the data section and none overlap. */
  private List<GgufTensor> locate(List<Info> infos, long dataOffset, int alignment)
      throws GgufFormatException {
    long dataBytes = Math.max(0, in.size - dataOffset);
    var byOffset = new ArrayList<>(infos);
    byOffset.sort(Comparator.comparingLong(Info::offset));
    var located = new GgufTensor[infos.size()];
    for (int i = 0; i < byOffset.size(); i++) {
      Info info = byOffset.get(i);
      in.enter("tensor", info.index);
      in.named(info.name);
      if (info.offset >= dataBytes) {
        throw fail(
            info,
            "is %d but the data section has %d bytes%s"
                .formatted(info.offset, dataBytes, Cursor.TRUNCATED));
      }
      Info next = i + 1 < byOffset.size() ? byOffset.get(i + 1) : null;
      long space = (next == null ? dataBytes : Math.min(next.offset, dataBytes)) - info.offset;
      GgmlType type = GgmlType.resolve(info.typeId, info.shape, space, alignment);
      long bytes = type == GgmlType.UNKNOWN ? space : byteSize(info, type);
      if (bytes > dataBytes - info.offset) {
        throw fail(
            info,
            "its %d bytes from %d on exceed the data section of %d bytes%s"
                .formatted(bytes, info.offset, dataBytes, Cursor.TRUNCATED));
      }
      if (bytes > space || bytes == 0) {
        throw fail(
            info,
            "its %d bytes from %d on overlap tensor %s at %d%s"
                .formatted(
                    bytes, info.offset, Text.shortName(next.name), next.offset, Cursor.DAMAGED));
      }
      long start = dataOffset + info.offset;
      located[info.index] =
          new GgufTensor(
              info.name,
              type,
              info.typeId,
              info.shape,
              in.segment.asSlice(start, bytes),
              part,
              start,
              info.infoOffset);
    }
    return List.of(located);
  }

  private long byteSize(Info info, GgmlType type) throws GgufFormatException {
    try {
      return type.byteSize(info.shape);
    } catch (IllegalArgumentException e) {
      throw in.fail(
          DIMENSION_FIELDS[0],
          TensorFields.offsetOf(info.infoOffset, info.name, info.shape.size(), "ne[0]"),
          e.getMessage() + Cursor.DAMAGED);
    }
  }

  private GgufFormatException fail(Info info, String problem) {
    return in.fail(
        "offset",
        TensorFields.offsetOf(info.infoOffset, info.name, info.shape.size(), "offset"),
        problem);
  }
}
