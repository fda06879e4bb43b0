package io.github.bitnet4j.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Writes GGUF version 3.
 *
 * <pre>{@code
 * new GgufWriter()
 *     .string("general.architecture", "bitnet-b1.58")
 *     .u32("bitnet-b1.58.block_count", 30)
 *     .tensor("output_norm.weight", GgmlType.F32, List.of(2560L), weights)
 *     .write(Path.of("model.gguf"));
 * }</pre>
 *
 * <p>Entries and tensors are written in the order they were added. Adding a key or tensor name a
 * second time, or a tensor whose bytes do not suit its shape, is an {@link
 * IllegalArgumentException}. Tensor data is read when the file is written. For one thread at a
 * time.
 */
public final class GgufWriter {
  /** Supplies a tensor's bytes while the file is written. */
  @FunctionalInterface
  public interface TensorData {
    /** Writes all of the tensor's bytes, in as many pieces as it likes. */
    void writeTo(WritableByteChannel out) throws IOException;
  }

  private record Tensor(
      String name, List<Long> shape, int typeId, long byteSize, TensorData data) {}

  private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
  private static final int VERSION = 3;
  private static final int CHUNK_BYTES = 1 << 20;

  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private int alignment = GgufReader.DEFAULT_ALIGNMENT;

  /** Adds a string. */
  public GgufWriter string(String key, String value) {
    return value(key, GgufValueType.STRING, value);
  }

  /** Adds a u32; {@code value} is 0 to 2^32 - 1. */
  public GgufWriter u32(String key, long value) {
    return value(key, GgufValueType.U32, value);
  }

  /** Adds an f32. */
  public GgufWriter f32(String key, float value) {
    return value(key, GgufValueType.F32, value);
  }

  /** Adds a bool. */
  public GgufWriter bool(String key, boolean value) {
    return value(key, GgufValueType.BOOL, value);
  }

  /** Adds an array of strings. */
  public GgufWriter strings(String key, List<String> values) {
    return array(key, GgufValueType.STRING, values);
  }

  /** Adds an array of i32. */
  public GgufWriter ints(String key, int... values) {
    return array(key, GgufValueType.I32, IntStream.of(values).boxed().toList());
  }

  /** Adds an array of f32. */
  public GgufWriter floats(String key, float... values) {
    return array(
        key,
        GgufValueType.F32,
        IntStream.range(0, values.length).mapToObj(i -> values[i]).toList());
  }

  /**
   * Adds a value of any type but {@link GgufValueType#ARRAY}. The key {@code general.alignment}
   * also sets the alignment of the file, which is 32 without it.
   *
   * @param value a {@link Number} (for u64, the bits of a long), {@link Boolean}, {@link String}
   *     or, for a string that is not UTF-8, {@code byte[]}
   * @throws IllegalArgumentException when the value does not suit the type
   */
  public GgufWriter value(String key, GgufValueType type, Object value) {
    if (type == GgufValueType.ARRAY) {
      throw new IllegalArgumentException(key + ": arrays are added with array(…)");
    }
    var out = new ValueEncoder();
    out.entry(key, type);
    out.value(key, type, value);
    if (key.equals(GgufReader.ALIGNMENT_KEY)) {
      setAlignment(value);
    }
    return add(key, out.bytes());
  }

  /**
   * Adds an array.
   *
   * @param elementType any type but {@link GgufValueType#ARRAY}
   * @param values elements as for {@link #value}
   * @throws IllegalArgumentException when a value does not suit the type
   */
  public GgufWriter array(String key, GgufValueType elementType, List<?> values) {
    if (elementType == GgufValueType.ARRAY) {
      throw new IllegalArgumentException(key + ": arrays of arrays are not supported");
    }
    var out = new ValueEncoder();
    out.entry(key, GgufValueType.ARRAY);
    out.u32(elementType.id());
    out.u64(values.size());
    values.forEach(value -> out.value(key, elementType, value));
    return add(key, out.bytes());
  }

  /** Adds all entries of another file, byte for byte. */
  public GgufWriter metadata(GgufMetadata metadata) {
    metadata.entries().forEach(entry -> entry(metadata, entry));
    return this;
  }

  /** Adds one entry of another file, byte for byte. */
  public GgufWriter entry(GgufMetadata metadata, GgufMetadata.Entry entry) {
    if (entry.key().equals(GgufReader.ALIGNMENT_KEY)) {
      try {
        setAlignment(metadata.requireInt64(entry.key()));
      } catch (GgufFormatException e) {
        throw new IllegalArgumentException(e.getMessage(), e);
      }
    }
    return add(entry.key(), metadata.encoded(entry).toArray(ValueLayout.JAVA_BYTE));
  }

  /**
   * Adds a tensor whose bytes are at hand; they are read when the file is written.
   *
   * @param shape 1 to 4 dimensions, innermost first
   * @param data exactly {@code type.byteSize(shape)} bytes
   */
  public GgufWriter tensor(String name, GgmlType type, List<Long> shape, MemorySegment data) {
    if (data.byteSize() != type.byteSize(shape)) {
      throw new IllegalArgumentException(
          "%s: has %d bytes but %s of shape %s takes %d"
              .formatted(name, data.byteSize(), type, shape, type.byteSize(shape)));
    }
    return tensor(name, type, shape, out -> copy(data, out));
  }

  /**
   * Adds a tensor whose bytes are produced when the file is written.
   *
   * @param shape 1 to 4 dimensions, innermost first
   * @param data writes exactly {@code type.byteSize(shape)} bytes
   */
  public GgufWriter tensor(String name, GgmlType type, List<Long> shape, TensorData data) {
    return add(new Tensor(name, List.copyOf(shape), type.id(), type.byteSize(shape), data));
  }

  /** Adds a tensor of another file as it is, of an unknown type too. */
  public GgufWriter tensor(GgufTensor tensor) {
    return add(
        new Tensor(
            tensor.name(),
            tensor.shape(),
            tensor.typeId(),
            tensor.byteSize(),
            out -> copy(tensor.data(), out)));
  }

  /**
   * Writes the file, replacing one of that name. The bytes go to a temporary file in the same
   * folder that is moved into place once complete, so the name never shows half a file.
   *
   * @throws IOException when writing fails; the temporary file is then removed
   */
  public void write(Path path) throws IOException {
    Path target = path.toAbsolutePath();
    Path temporary =
        target.resolveSibling(
            ".%s.%016x.part"
                .formatted(target.getFileName(), ThreadLocalRandom.current().nextLong()));
    try {
      try (var channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        writeTo(channel);
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** The file as an array. */
  public byte[] toBytes() {
    var out = new ByteArrayOutputStream();
    try {
      writeTo(Channels.newChannel(out));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private void writeTo(WritableByteChannel channel) throws IOException {
    var out = new CountingChannel(channel);
    copy(MemorySegment.ofArray(header()), out);
    pad(out);
    for (Tensor tensor : tensors.values()) {
      long start = out.count();
      tensor.data.writeTo(out);
      if (out.count() - start != tensor.byteSize) {
        throw new IOException(
            "%s: its source wrote %d bytes but the tensor takes %d"
                .formatted(tensor.name, out.count() - start, tensor.byteSize));
      }
      pad(out);
    }
  }

  private byte[] header() {
    var out = new ValueEncoder();
    out.u32(MAGIC);
    out.u32(VERSION);
    out.u64(tensors.size());
    out.u64(entries.size());
    entries.values().forEach(out::raw);
    long offset = 0;
    for (Tensor tensor : tensors.values()) {
      out.string(tensor.name);
      out.u32(tensor.shape.size());
      tensor.shape.forEach(out::u64);
      out.u32(tensor.typeId);
      out.u64(offset);
      offset = Layouts.alignUp(Math.addExact(offset, tensor.byteSize), alignment);
    }
    return out.bytes();
  }

  private void pad(CountingChannel out) throws IOException {
    out.write(ByteBuffer.allocate((int) (Layouts.alignUp(out.count(), alignment) - out.count())));
  }

  private static void copy(MemorySegment data, WritableByteChannel out) throws IOException {
    for (long at = 0; at < data.byteSize(); at += CHUNK_BYTES) {
      long bytes = Math.min(CHUNK_BYTES, data.byteSize() - at);
      ByteBuffer chunk = data.asSlice(at, bytes).asByteBuffer();
      while (chunk.hasRemaining()) {
        out.write(chunk);
      }
    }
  }

  private void setAlignment(Object value) {
    long wanted = ((Number) value).longValue();
    if (wanted < GgufReader.MIN_ALIGNMENT
        || wanted > GgufReader.MAX_ALIGNMENT
        || Long.bitCount(wanted) != 1) {
      throw new IllegalArgumentException(
          "%s: %d must be a power of two from %d to %d"
              .formatted(
                  GgufReader.ALIGNMENT_KEY,
                  wanted,
                  GgufReader.MIN_ALIGNMENT,
                  GgufReader.MAX_ALIGNMENT));
    }
    alignment = (int) wanted;
  }

  private GgufWriter add(String key, byte[] encoded) {
    if (entries.size() == GgufReader.MAX_ENTRIES) {
      throw new IllegalArgumentException("at most " + GgufReader.MAX_ENTRIES + " entries");
    }
    if (entries.putIfAbsent(key, encoded) != null) {
      throw new IllegalArgumentException(key + ": this key was added before");
    }
    return this;
  }

  private GgufWriter add(Tensor tensor) {
    Objects.requireNonNull(tensor.data);
    int nameBytes = tensor.name.getBytes(StandardCharsets.UTF_8).length;
    if (nameBytes < 1
        || nameBytes > GgufReader.MAX_TENSOR_NAME_BYTES
        || !tensor.name.codePoints().allMatch(Text::isPrintable)) {
      throw new IllegalArgumentException(
          "tensor name \"%s\" must be 1 to %d bytes of UTF-8 without control characters"
              .formatted(Text.shortName(tensor.name), GgufReader.MAX_TENSOR_NAME_BYTES));
    }
    int dimensions = tensor.shape.size();
    if (dimensions < 1
        || dimensions > GgufReader.MAX_DIMENSIONS
        || tensor.shape.stream().anyMatch(d -> d < 1)) {
      throw new IllegalArgumentException(
          "%s: shape %s must have 1 to %d dimensions of at least 1"
              .formatted(tensor.name, tensor.shape, GgufReader.MAX_DIMENSIONS));
    }
    if (tensors.size() == GgufReader.MAX_TENSORS) {
      throw new IllegalArgumentException("at most " + GgufReader.MAX_TENSORS + " tensors");
    }
    if (tensors.putIfAbsent(tensor.name, tensor) != null) {
      throw new IllegalArgumentException(tensor.name + ": this tensor was added before");
    }
    return this;
  }

  /** Counts what passes, and passes all of it. */
  private static final class CountingChannel implements WritableByteChannel {
    private final WritableByteChannel out;
    private long count;

    CountingChannel(WritableByteChannel out) {
      this.out = out;
    }

    long count() {
      return count;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      int wanted = bytes.remaining();
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      count += wanted;
      return wanted;
    }

    @Override
    public boolean isOpen() {
      return out.isOpen();
    }

    @Override
    public void close() {
      throw new UnsupportedOperationException("the writer closes the file");
    }
  }
}
