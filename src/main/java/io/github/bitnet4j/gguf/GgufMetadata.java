package io.github.bitnet4j.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The key-value entries of a file, in file order.
 *
 * <p>Values stay in the file and are decoded by each call, so keep what you read; that includes
 * arrays. An accessor returns empty when the key is absent and throws {@link GgufFormatException}
 * with the value's offset when it is there but of another type or out of range. Integers convert
 * exactly between the eight integer types; nothing else converts.
 *
 * <p>Strings are UTF-8 by convention but the format does not enforce it, and a byte-level
 * vocabulary may hold partial sequences: {@link #string} and {@link #strings} put U+FFFD where
 * bytes are not UTF-8, and {@link #rawString} and {@link #rawStrings} give the bytes.
 *
 * <p>Immutable and safe to share between threads until the file is closed, after which accessors of
 * values throw {@link IllegalStateException}.
 */
public final class GgufMetadata {
  /**
   * One entry.
   *
   * @param index position in the file, from 0
   * @param key the key
   * @param type type of the value
   * @param elementType type of the elements, for an array
   * @param count number of elements; 1 when the value is no array
   * @param keyOffset byte offset of the entry, which starts with the length of its key
   * @param valueOffset byte offset of the value; of the element type, for an array
   * @param firstOffset byte offset of the first element; equals valueOffset when no array
   * @param endOffset byte offset just after the entry
   */
  public record Entry(
      int index,
      String key,
      GgufValueType type,
      Optional<GgufValueType> elementType,
      long count,
      long keyOffset,
      long valueOffset,
      long firstOffset,
      long endOffset) {

    /** Type of the scalar, or of the array's elements. */
    private GgufValueType scalarType() {
      return elementType.orElse(type);
    }
  }

  private final String file;
  private final MemorySegment segment;
  private final Map<String, Entry> entries;

  GgufMetadata(String file, MemorySegment segment, Map<String, Entry> entries) {
    this.file = file;
    this.segment = segment;
    this.entries = Collections.unmodifiableMap(entries);
  }

  /** All entries, in file order. */
  public List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /** The entry of a key. */
  public Optional<Entry> entry(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  /** Whether the key is present. */
  public boolean contains(String key) {
    return entries.containsKey(key);
  }

  /** Byte offset of a key's value, or -1 when the key is absent. */
  public long offsetOf(String key) {
    return entry(key).map(Entry::valueOffset).orElse(-1L);
  }

  /** A string; bytes that are not UTF-8 become U+FFFD. */
  public Optional<String> string(String key) throws GgufFormatException {
    return rawString(key).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** The bytes of a string. */
  public Optional<byte[]> rawString(String key) throws GgufFormatException {
    Optional<Entry> entry = scalar(key, "a string", GgufValueType.STRING);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(stringBytes(entry.get(), entry.get().valueOffset()));
  }

  /** An integer of any integer type that fits 32 bits with sign. */
  public OptionalInt int32(String key) throws GgufFormatException {
    OptionalLong value = int64(key);
    return value.isPresent()
        ? OptionalInt.of(toInt(entries.get(key), value.getAsLong()))
        : OptionalInt.empty();
  }

  /** An integer of any integer type that fits 64 bits with sign. */
  public OptionalLong int64(String key) throws GgufFormatException {
    Entry entry = entries.get(key);
    if (entry == null) {
      return OptionalLong.empty();
    }
    if (!entry.type().isInteger()) {
      throw wrongType(entry, "an integer");
    }
    return OptionalLong.of(integerAt(entry, entry.valueOffset()));
  }

  /** A float of either width, rounded to float32; infinities and NaN are possible. */
  public Optional<Float> float32(String key) throws GgufFormatException {
    OptionalDouble value = float64(key);
    return value.isPresent() ? Optional.of((float) value.getAsDouble()) : Optional.empty();
  }

  /** A float of either width; infinities and NaN are possible. */
  public OptionalDouble float64(String key) throws GgufFormatException {
    Entry entry = entries.get(key);
    if (entry == null) {
      return OptionalDouble.empty();
    }
    if (!entry.type().isFloat()) {
      throw wrongType(entry, "a float");
    }
    return OptionalDouble.of(floatAt(entry, entry.valueOffset()));
  }

  /** A bool. */
  public Optional<Boolean> bool(String key) throws GgufFormatException {
    return scalar(key, "a bool", GgufValueType.BOOL)
        .map(entry -> segment.get(ValueLayout.JAVA_BYTE, entry.valueOffset()) != 0);
  }

  /** A string that must be there; see {@link #string}. */
  public String requireString(String key) throws GgufFormatException {
    return string(key).orElseThrow(() -> missing(key));
  }

  /** An integer that must be there; see {@link #int32}. */
  public int requireInt32(String key) throws GgufFormatException {
    return int32(key).orElseThrow(() -> missing(key));
  }

  /** An integer that must be there; see {@link #int64}. */
  public long requireInt64(String key) throws GgufFormatException {
    return int64(key).orElseThrow(() -> missing(key));
  }

  /** A float that must be there; see {@link #float32}. */
  public float requireFloat32(String key) throws GgufFormatException {
    return float32(key).orElseThrow(() -> missing(key));
  }

  /** A bool that must be there; see {@link #bool}. */
  public boolean requireBool(String key) throws GgufFormatException {
    return bool(key).orElseThrow(() -> missing(key));
  }

  /** An array of strings, as an immutable list; bytes that are not UTF-8 become U+FFFD. */
  public Optional<List<String>> strings(String key) throws GgufFormatException {
    Entry entry = array(key, "strings", GgufValueType.STRING);
    if (entry == null) {
      return Optional.empty();
    }
    var strings = new String[arrayLength(entry)];
    var buffer = new byte[256];
    long at = entry.firstOffset();
    for (int i = 0; i < strings.length; i++) {
      int length = stringLength(entry, at);
      if (length > buffer.length) {
        buffer = new byte[length];
      }
      at += Long.BYTES;
      MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at, buffer, 0, length);
      strings[i] = new String(buffer, 0, length, StandardCharsets.UTF_8);
      at += length;
    }
    return Optional.of(List.of(strings));
  }

  /** The bytes of an array of strings. */
  public Optional<byte[][]> rawStrings(String key) throws GgufFormatException {
    Entry entry = array(key, "strings", GgufValueType.STRING);
    if (entry == null) {
      return Optional.empty();
    }
    var strings = new byte[arrayLength(entry)][];
    long at = entry.firstOffset();
    for (int i = 0; i < strings.length; i++) {
      strings[i] = stringBytes(entry, at);
      at += Long.BYTES + strings[i].length;
    }
    return Optional.of(strings);
  }

  /** An array of integers of any integer type, each of which fits 32 bits with sign. */
  public Optional<int[]> ints(String key) throws GgufFormatException {
    Entry entry = integerArray(key);
    if (entry == null) {
      return Optional.empty();
    }
    var values = new int[arrayLength(entry)];
    for (int i = 0; i < values.length; i++) {
      values[i] = toInt(entry, integerAt(entry, elementOffset(entry, i)));
    }
    return Optional.of(values);
  }

  /** An array of integers of any integer type, each of which fits 64 bits with sign. */
  public Optional<long[]> longs(String key) throws GgufFormatException {
    Entry entry = integerArray(key);
    if (entry == null) {
      return Optional.empty();
    }
    var values = new long[arrayLength(entry)];
    for (int i = 0; i < values.length; i++) {
      values[i] = integerAt(entry, elementOffset(entry, i));
    }
    return Optional.of(values);
  }

  /** An array of floats of either width, rounded to float32. */
  public Optional<float[]> floats(String key) throws GgufFormatException {
    Entry entry = array(key, "floats", GgufValueType.F32, GgufValueType.F64);
    if (entry == null) {
      return Optional.empty();
    }
    var values = new float[arrayLength(entry)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) floatAt(entry, elementOffset(entry, i));
    }
    return Optional.of(values);
  }

  /**
   * The value of an entry of any type, for display: the scalar, or the first {@code limit} elements
   * of the array, each as {@link Long}, {@link Float}, {@link Double}, {@link Boolean} or {@link
   * String}.
   *
   * @throws GgufFormatException for a u64 above 2^63 - 1, or a string of more than 2^31 - 1 bytes
   */
  public List<Object> values(Entry entry, int limit) throws GgufFormatException {
    var values = new ArrayList<Object>();
    long at = entry.firstOffset();
    for (long i = 0; i < Math.min(entry.count(), limit); i++) {
      long bytes = entry.scalarType().bytes();
      switch (entry.scalarType()) {
        case STRING -> {
          values.add(new String(stringBytes(entry, at), StandardCharsets.UTF_8));
          bytes = Long.BYTES + segment.get(Layouts.INT64, at);
        }
        case BOOL -> values.add(segment.get(ValueLayout.JAVA_BYTE, at) != 0);
        case F32 -> values.add(segment.get(Layouts.FLOAT32, at));
        case F64 -> values.add(segment.get(Layouts.FLOAT64, at));
        default -> values.add(integerAt(entry, at));
      }
      at += bytes;
    }
    return List.copyOf(values);
  }

  /**
   * The exception for a value that the reader of a key cannot use, with the value's offset.
   *
   * @param problem what is wrong and what to do, such as "is 0 but must be at least 1; …"
   */
  public GgufFormatException invalid(String key, String problem) {
    return entry(key)
        .map(
            entry ->
                GgufFormatException.of(
                    file,
                    Cursor.path("kv", entry.index(), key) + ".value",
                    entry.valueOffset(),
                    problem))
        .orElseGet(() -> GgufFormatException.of(file, key, -1, problem));
  }

  /** The exception for a key that must be there and is not. */
  public GgufFormatException missing(String key) {
    return GgufFormatException.of(
        file, key, -1, "this key is required and missing; convert the model again");
  }

  /** The bytes of an entry as they lie in the file, key and type included. */
  MemorySegment encoded(Entry entry) {
    return segment.asSlice(entry.keyOffset(), entry.endOffset() - entry.keyOffset());
  }

  private Optional<Entry> scalar(String key, String wanted, GgufValueType type)
      throws GgufFormatException {
    Entry entry = entries.get(key);
    if (entry != null && entry.type() != type) {
      throw wrongType(entry, wanted);
    }
    return Optional.ofNullable(entry);
  }

  private Entry integerArray(String key) throws GgufFormatException {
    Entry entry = entries.get(key);
    if (entry != null && !entry.elementType().map(GgufValueType::isInteger).orElse(false)) {
      throw wrongType(entry, "an array of integers");
    }
    return entry;
  }

  private Entry array(String key, String wanted, GgufValueType... types)
      throws GgufFormatException {
    Entry entry = entries.get(key);
    if (entry != null && !entry.elementType().map(List.of(types)::contains).orElse(false)) {
      throw wrongType(entry, "an array of " + wanted);
    }
    return entry;
  }

  private GgufFormatException wrongType(Entry entry, String wanted) {
    String found =
        entry.elementType().map(t -> "an array of " + t).orElseGet(() -> entry.type().toString());
    return invalid(
        entry.key(), "is %s but must be %s; convert the model again".formatted(found, wanted));
  }

  private int arrayLength(Entry entry) throws GgufFormatException {
    return toInt(entry, entry.count());
  }

  private static long elementOffset(Entry entry, int i) {
    return entry.firstOffset() + (long) i * entry.scalarType().bytes();
  }

  private byte[] stringBytes(Entry entry, long at) throws GgufFormatException {
    var bytes = new byte[stringLength(entry, at)];
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at + Long.BYTES, bytes, 0, bytes.length);
    return bytes;
  }

  private int stringLength(Entry entry, long at) throws GgufFormatException {
    return toInt(entry, segment.get(Layouts.INT64, at));
  }

  private int toInt(Entry entry, long value) throws GgufFormatException {
    if (value != (int) value) {
      throw invalid(
          entry.key(),
          "holds %d, which does not fit a signed 32-bit integer; convert the model again"
              .formatted(value));
    }
    return (int) value;
  }

  private long integerAt(Entry entry, long at) throws GgufFormatException {
    long value =
        switch (entry.scalarType()) {
          case U8 -> segment.get(ValueLayout.JAVA_BYTE, at) & 0xffL;
          case I8 -> segment.get(ValueLayout.JAVA_BYTE, at);
          case U16 -> segment.get(Layouts.INT16, at) & 0xffffL;
          case I16 -> segment.get(Layouts.INT16, at);
          case U32 -> segment.get(Layouts.INT32, at) & 0xffff_ffffL;
          case I32 -> segment.get(Layouts.INT32, at);
          case U64, I64 -> segment.get(Layouts.INT64, at);
          default -> throw new AssertionError(entry.scalarType());
        };
    if (value < 0 && entry.scalarType() == GgufValueType.U64) {
      throw invalid(
          entry.key(),
          "holds %s, which exceeds 2^63 - 1; convert the model again"
              .formatted(Long.toUnsignedString(value)));
    }
    return value;
  }

  private double floatAt(Entry entry, long at) {
    return entry.scalarType() == GgufValueType.F64
        ? segment.get(Layouts.FLOAT64, at)
        : segment.get(Layouts.FLOAT32, at);
  }
}
