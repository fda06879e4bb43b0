package io.github.bitnet4j.testing;

import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufTensor;
import io.github.bitnet4j.gguf.GgufValueType;
import io.github.bitnet4j.gguf.GgufWriter;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Well-formed GGUF files that are no usable BitNet model: a hyperparameter is absent, of another
 * type or out of range, or a tensor is absent, of another shape or of another type.
 */
public final class WrongModels {
  private static final String A = "bitnet-b1.58.";
  private static final int UNKNOWN_TYPE_ID = 777;

  private final List<MalformedFile> files = new ArrayList<>();

  private WrongModels() {}

  /** All of them, made from one small model. */
  public static Stream<MalformedFile> files() {
    var wrong = new WrongModels();
    wrong.hyperparameters();
    wrong.tensors();
    return wrong.files.stream();
  }

  private static RandomModel.Builder model() {
    return RandomModel.builder().layers(1).embd(256).ffn(128).heads(4).kvHeads(2).vocab(270);
  }

  private void hyperparameters() {
    for (String key :
        List.of(
            "general.architecture",
            A + "context_length",
            A + "embedding_length",
            A + "block_count",
            A + "feed_forward_length",
            A + "attention.head_count",
            A + "attention.layer_norm_rms_epsilon")) {
      add(key + " is absent", model().without(key));
      add(key + " is a bool", model().with(key, GgufValueType.BOOL, true));
    }
    for (String name : List.of("mamba", "", "bitnet-b1.58\n")) {
      add(
          "architecture is " + name,
          model().with("general.architecture", GgufValueType.STRING, name));
    }
    integers(A + "context_length", 0);
    integers(A + "embedding_length", 0, 1, 255, 257, 512, Integer.MAX_VALUE);
    integers(A + "block_count", 0, 2, 1_000_000, Integer.MAX_VALUE);
    integers(A + "feed_forward_length", 0, 1, 127, 129, 256, Integer.MAX_VALUE);
    integers(A + "attention.head_count", 0, 3, 5, 257, Integer.MAX_VALUE);
    integers(A + "attention.head_count_kv", 0, 1, 3, 8, Integer.MAX_VALUE);
    integers(A + "rope.dimension_count", 0, 1, 63, 65, 128, Integer.MAX_VALUE);
    integers(A + "vocab_size", 0, 269, 271, Integer.MAX_VALUE);
    floats(A + "attention.layer_norm_rms_epsilon", Float.NaN, Float.POSITIVE_INFINITY, -1);
    floats(A + "rope.freq_base", 0, -1, Float.NaN, Float.POSITIVE_INFINITY);
    floats(A + "rope.scaling.factor", -1, Float.NaN, Float.POSITIVE_INFINITY);
    add(
        "an unknown RoPE scaling",
        model().with(A + "rope.scaling.type", GgufValueType.STRING, "spiral"));
  }

  private void integers(String key, long... values) {
    for (long value : values) {
      add(key + " = " + value, model().with(key, GgufValueType.U32, value));
    }
    add(key + " = -1", model().with(key, GgufValueType.I32, -1));
    add(key + " = 2^32 - 1", model().with(key, GgufValueType.U32, 0xffff_ffffL));
    add(key + " = 2^64 - 1", model().with(key, GgufValueType.U64, -1L));
    add(key + " is a string", model().with(key, GgufValueType.STRING, "1"));
    add(key + " is a float", model().with(key, GgufValueType.F32, 1f));
  }

  private void floats(String key, float... values) {
    for (float value : values) {
      add(key + " = " + value, model().with(key, GgufValueType.F32, value));
    }
    add(key + " is a string", model().with(key, GgufValueType.STRING, "1"));
  }

  private void tensors() {
    GgufFile file = read(model().toBytes());
    for (GgufTensor tensor : file.tensors()) {
      String name = tensor.name();
      tensor(file, name + " is absent", tensor, Optional.empty());
      tensor(file, name + " is of unknown type", tensor, Optional.of(unknown(tensor)));
      tensor(file, name + " has one element", tensor, Optional.of(reshaped(tensor, 4L)));
      var turned = new ArrayList<>(tensor.shape());
      turned.add(0, 2L);
      turned.set(1, tensor.dimension(0) / 2);
      Long[] folded = turned.toArray(Long[]::new);
      tensor(file, name + " has more dimensions", tensor, Optional.of(reshaped(tensor, folded)));
      if (tensor.dimension(0) != tensor.dimension(1) && tensor.shape().size() == 2) {
        Long[] transposed = {tensor.dimension(1), tensor.dimension(0)};
        tensor(file, name + " is transposed", tensor, Optional.of(reshaped(tensor, transposed)));
      }
      GgufTensor bytes =
          new GgufTensor(
              name,
              GgmlType.I8,
              GgmlType.I8.id(),
              List.of(tensor.byteSize()),
              tensor.data(),
              0,
              tensor.offset(),
              tensor.infoOffset());
      tensor(file, name + " is bytes", tensor, Optional.of(bytes));
    }
  }

  private static GgufTensor unknown(GgufTensor t) {
    return new GgufTensor(
        t.name(),
        GgmlType.UNKNOWN,
        UNKNOWN_TYPE_ID,
        t.shape(),
        t.data(),
        0,
        t.offset(),
        t.infoOffset());
  }

  private static GgufTensor reshaped(GgufTensor t, Long... shape) {
    List<Long> dimensions = List.of(shape);
    long bytes = t.type().byteSize(dimensions);
    return new GgufTensor(
        t.name(),
        t.type(),
        t.typeId(),
        dimensions,
        t.data().asSlice(0, bytes),
        0,
        t.offset(),
        t.infoOffset());
  }

  private void tensor(GgufFile file, String what, GgufTensor old, Optional<GgufTensor> changed) {
    var writer = new GgufWriter().metadata(file.metadata());
    file.tensors().stream()
        .flatMap(t -> t.equals(old) ? changed.stream() : Stream.of(t))
        .forEach(writer::tensor);
    files.add(new MalformedFile(what, "", OptionalLong.empty(), writer.toBytes()));
  }

  private void add(String what, RandomModel.Builder builder) {
    files.add(new MalformedFile(what, "", OptionalLong.empty(), builder.toBytes()));
  }

  private static GgufFile read(byte[] bytes) {
    try {
      return GgufFile.of(MemorySegment.ofArray(bytes), "model.gguf");
    } catch (GgufFormatException e) {
      throw new AssertionError(e);
    }
  }
}
