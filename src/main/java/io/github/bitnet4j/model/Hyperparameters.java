package io.github.bitnet4j.model;

import io.github.bitnet4j.ffi.NativeModel;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufMetadata;
import java.util.Optional;

/**
 * The numbers that say how large a model is and how it computes. Immutable.
 *
 * @param architecture the graph
 * @param activation what the feed-forward network does with its gate
 * @param layers number of transformer blocks
 * @param embd width of the residual stream
 * @param ff width of the feed-forward network
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim elements per head, even
 * @param vocab tokens in the vocabulary
 * @param contextLength positions the model was trained for
 * @param rmsEpsilon added to the mean square in every norm
 * @param ropeBase base of the rotary angles
 * @param ropeScale factor on the rotary angles: 1 / {@code rope.scaling.factor}
 */
public record Hyperparameters(
    Architecture architecture,
    Activation activation,
    int layers,
    int embd,
    int ff,
    int heads,
    int kvHeads,
    int headDim,
    int vocab,
    int contextLength,
    float rmsEpsilon,
    double ropeBase,
    double ropeScale) {

  /** Rows of I2_S tensors are cut in blocks of so many weights. */
  private static final int BLOCK = 128;

  private static final int MAX_LAYERS = 1024;
  private static final int MAX_EMBD = 1 << 16;
  private static final int MAX_FF = 1 << 20;
  private static final int MAX_HEADS = 1024;
  private static final int MAX_HEAD_DIM = 1024;
  private static final int MAX_VOCAB = 1 << 24;
  private static final int MAX_CONTEXT = 1 << 24;

  /** Width of all query heads together. */
  public int qDim() {
    return heads * headDim;
  }

  /** Width of all key heads, and of all value heads, together. */
  public int kvDim() {
    return kvHeads * headDim;
  }

  /** Factor on the attention scores: {@code 1 / sqrt(headDim)}. */
  public float attentionScale() {
    return (float) (1 / StrictMath.sqrt(headDim));
  }

  /** The numbers as the engine takes them. */
  NativeModel.Shape shape() {
    return new NativeModel.Shape(
        layers,
        embd,
        ff,
        heads,
        kvHeads,
        headDim,
        vocab,
        activation.code(),
        rmsEpsilon,
        attentionScale());
  }

  /** Bytes of a screened head's copy: a byte a weight, and three floats a row. */
  public long screenedHeadBytes() {
    return (long) vocab * (embd + 3 * Float.BYTES);
  }

  /**
   * Reads and checks a file's hyperparameters.
   *
   * @param activation overrides the architecture's, for files that carry the wrong name
   * @throws GgufFormatException if one is missing, out of range, or does not fit the others
   */
  public static Hyperparameters read(GgufFile file, Optional<Activation> activation)
      throws GgufFormatException {
    GgufMetadata metadata = file.metadata();
    String name = metadata.requireString("general.architecture");
    Architecture architecture =
        Architecture.named(name)
            .orElseThrow(
                () ->
                    metadata.invalid(
                        "general.architecture",
                        "'%s' is not supported; this library runs %s"
                            .formatted(name, Architecture.names())));
    return new Reader(metadata, architecture.key() + ".").read(architecture, activation);
  }

  /** Reads keys under one prefix, naming the key and its offset in every error. */
  private record Reader(GgufMetadata metadata, String prefix) {

    Hyperparameters read(Architecture architecture, Optional<Activation> activation)
        throws GgufFormatException {
      int embd = blocks("embedding_length", MAX_EMBD);
      int heads = between("attention.head_count", 1, MAX_HEADS);
      int kvHeads = kvHeads(heads);
      int headDim = headDim(embd, heads);
      requireRopeSupported(headDim);
      return new Hyperparameters(
          architecture,
          activation.orElse(architecture.activation()),
          between("block_count", 1, MAX_LAYERS),
          embd,
          blocks("feed_forward_length", MAX_FF),
          heads,
          kvHeads,
          headDim,
          vocab(),
          between("context_length", 1, MAX_CONTEXT),
          rmsEpsilon(),
          ropeBase(),
          ropeScale());
    }

    private int between(String key, int min, int max) throws GgufFormatException {
      int value = metadata.requireInt32(prefix + key);
      if (value < min || value > max) {
        throw invalid(key, "must be %d to %d, not %d".formatted(min, max, value));
      }
      return value;
    }

    private int blocks(String key, int max) throws GgufFormatException {
      int value = between(key, BLOCK, max);
      if (value % BLOCK != 0) {
        throw invalid(
            key, "must be a multiple of %d (I2_S blocks), not %d".formatted(BLOCK, value));
      }
      return value;
    }

    private int kvHeads(int heads) throws GgufFormatException {
      String key = "attention.head_count_kv";
      if (!metadata.contains(prefix + key)) {
        return heads;
      }
      int kvHeads = between(key, 1, heads);
      if (heads % kvHeads != 0) {
        throw invalid(key, "must divide the head count %d, not be %d".formatted(heads, kvHeads));
      }
      return kvHeads;
    }

    private int headDim(int embd, int heads) throws GgufFormatException {
      String keyLength = "attention.key_length";
      int headDim;
      if (metadata.contains(prefix + keyLength)) {
        headDim = between(keyLength, 2, MAX_HEAD_DIM);
      } else if (embd % heads != 0 || embd / heads > MAX_HEAD_DIM) {
        throw invalid(
            "attention.head_count",
            "%d heads do not divide the embedding length %d into heads of at most %d"
                .formatted(heads, embd, MAX_HEAD_DIM));
      } else {
        headDim = embd / heads;
      }
      String valueLength = "attention.value_length";
      if (metadata.contains(prefix + valueLength)
          && between(valueLength, 2, MAX_HEAD_DIM) != headDim) {
        throw invalid(valueLength, "must equal the key length " + headDim);
      }
      if (headDim % 2 != 0 || heads * headDim % BLOCK != 0) {
        throw invalid(
            metadata.contains(prefix + keyLength) ? keyLength : "attention.head_count",
            "%d heads of %d must be even and %d in all a multiple of %d (I2_S blocks)"
                .formatted(heads, headDim, heads * headDim, BLOCK));
      }
      return headDim;
    }

    private void requireRopeSupported(int headDim) throws GgufFormatException {
      String dimensions = "rope.dimension_count";
      if (metadata.contains(prefix + dimensions)
          && between(dimensions, 2, MAX_HEAD_DIM) != headDim) {
        throw invalid(dimensions, "must equal the head length " + headDim);
      }
      String type = metadata.string(prefix + "rope.scaling.type").orElse("linear");
      if (!type.equals("linear") && !type.equals("none")) {
        throw invalid(
            "rope.scaling.type",
            "'%s' is not supported; it must be linear or none".formatted(type));
      }
      String attention = "rope.scaling.attn_factor";
      if (metadata.float32(prefix + attention).orElse(1f) != 1f) {
        throw invalid(attention, "must be 1; this library does not scale attention with RoPE");
      }
    }

    private int vocab() throws GgufFormatException {
      if (metadata.contains(prefix + "vocab_size")) {
        return between("vocab_size", 1, MAX_VOCAB);
      }
      String tokens = "tokenizer.ggml.tokens";
      int length = metadata.entry(tokens).map(GgufMetadata.Entry::count).orElse(0L).intValue();
      if (length < 1 || length > MAX_VOCAB) {
        throw metadata.missing(prefix + "vocab_size");
      }
      return length;
    }

    private float rmsEpsilon() throws GgufFormatException {
      String key = "attention.layer_norm_rms_epsilon";
      float epsilon = metadata.requireFloat32(prefix + key);
      if (!(epsilon >= 0 && epsilon < Float.POSITIVE_INFINITY)) {
        throw invalid(key, "must be finite and not negative, not " + epsilon);
      }
      return epsilon;
    }

    private double ropeBase() throws GgufFormatException {
      String key = "rope.freq_base";
      float base = metadata.float32(prefix + key).orElse(10_000f);
      if (!(base > 0 && base < Float.POSITIVE_INFINITY)) {
        throw invalid(key, "must be finite and positive, not " + base);
      }
      return base;
    }

    private double ropeScale() throws GgufFormatException {
      String key = "rope.scaling.factor";
      if (!metadata.contains(prefix + key)) {
        key = "rope.scale_linear";
      }
      float factor = metadata.float32(prefix + key).orElse(0f);
      if (!(factor >= 0 && factor < Float.POSITIVE_INFINITY)) {
        throw invalid(key, "must be finite and not negative, not " + factor);
      }
      boolean unscaled =
          factor == 0
              || metadata.string(prefix + "rope.scaling.type").orElse("linear").equals("none");
      return unscaled ? 1 : 1 / (double) factor;
    }

    private GgufFormatException invalid(String key, String problem) {
      return metadata.invalid(prefix + key, problem);
    }
  }
}
