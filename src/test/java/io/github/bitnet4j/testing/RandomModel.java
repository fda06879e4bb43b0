package io.github.bitnet4j.testing;

import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufValueType;
import io.github.bitnet4j.gguf.GgufWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Small, complete BitNet model files with seeded random weights.
 *
 * <p>Each tensor's values depend on the seed and the tensor's name alone, so two models that differ
 * in layout, types or vocabulary still share the weights they have in common.
 */
public final class RandomModel {
  private final Builder b;
  private final Map<String, Consumer<GgufWriter>> metadata = new LinkedHashMap<>();

  private RandomModel(Builder builder) {
    this.b = builder;
  }

  /** A two-layer model of every default below. */
  public static Builder builder() {
    return new Builder();
  }

  /** What to build; every setting has a default. */
  public static final class Builder {
    private String architecture = "bitnet-b1.58";
    private int layers = 2;
    private int embd = 256;
    private int ffn = 640;
    private int heads = 4;
    private int kvHeads = 2;
    private int vocab = 300;
    private int context = 256;
    private GgmlType embdType = GgmlType.F16;
    private Optional<GgmlType> headType = Optional.empty();
    private GgmlType normsType = GgmlType.F32;
    private boolean ropeFreqs;
    private float ropeBase = 10_000;
    private float ropeScale = 1;
    private float epsilon = 1e-5f;
    private boolean fourthCode;
    private boolean published;
    private boolean sentencePiece;
    private I2sLayout layout = I2sLayout.L1;
    private long seed = 1;
    private final Map<String, Optional<Consumer<GgufWriter>>> changes = new LinkedHashMap<>();

    private Builder() {}

    /** {@code bitnet-b1.58}, {@code bitnet-25}, {@code bitnet} or {@code llama} (no sub-norms). */
    public Builder architecture(String value) {
      architecture = value;
      return this;
    }

    public Builder layers(int value) {
      layers = value;
      return this;
    }

    /** Embedding length; a multiple of the head count, and of 128 for layouts L1 and L2. */
    public Builder embd(int value) {
      embd = value;
      return this;
    }

    /** Feed-forward length. */
    public Builder ffn(int value) {
      ffn = value;
      return this;
    }

    public Builder heads(int value) {
      heads = value;
      return this;
    }

    public Builder kvHeads(int value) {
      kvHeads = value;
      return this;
    }

    /** Tokens in the vocabulary, at least 259. */
    public Builder vocab(int value) {
      vocab = value;
      return this;
    }

    /** Context length in tokens. */
    public Builder context(int value) {
      context = value;
      return this;
    }

    /** F32, F16, BF16, Q8_0, Q6_K or Q4_0. */
    public Builder embdType(GgmlType value) {
      embdType = value;
      return this;
    }

    /**
     * A separate {@code output.weight} of any type the embedding may have; else the head is tied.
     */
    public Builder head(GgmlType value) {
      headType = Optional.of(value);
      return this;
    }

    /** No {@code output.weight}: the head is the token embedding. The default. */
    public Builder tiedHead() {
      headType = Optional.empty();
      return this;
    }

    /** F32, F16 or BF16. */
    public Builder normsType(GgmlType value) {
      normsType = value;
      return this;
    }

    /** Whether to add {@code rope_freqs.weight}. */
    public Builder ropeFreqs(boolean value) {
      ropeFreqs = value;
      return this;
    }

    public Builder ropeBase(float value) {
      ropeBase = value;
      return this;
    }

    /** Linear RoPE scaling factor. */
    public Builder ropeScale(float value) {
      ropeScale = value;
      return this;
    }

    /** Epsilon of the RMS norms. */
    public Builder epsilon(float value) {
      epsilon = value;
      return this;
    }

    public Builder layout(I2sLayout value) {
      layout = value;
      return this;
    }

    /** Whether about one weight in 64 has the code 3, which no writer emits. */
    public Builder fourthCode(boolean value) {
      fourthCode = value;
      return this;
    }

    /** Metadata as in the published 2B-4T file: no {@code tokenizer.ggml.pre}, a wrong template. */
    public Builder published(boolean value) {
      published = value;
      return this;
    }

    /** Whether the vocabulary is {@link RandomPieces} instead of {@link RandomVocabulary}. */
    public Builder sentencePiece(boolean value) {
      sentencePiece = value;
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** Replaces the value of a metadata key, or adds the key at the end. */
    public Builder with(String key, GgufValueType type, Object value) {
      changes.put(key, Optional.of(w -> w.value(key, type, value)));
      return this;
    }

    /** Leaves out a metadata key. */
    public Builder without(String key) {
      changes.put(key, Optional.empty());
      return this;
    }

    /** The model as a writer, to which more can be added. */
    public GgufWriter writer() {
      return new RandomModel(this).build();
    }

    /** Writes the model file. */
    public Path write(Path path) throws IOException {
      writer().write(path);
      return path;
    }

    /** The model file in memory. */
    public byte[] toBytes() {
      return writer().toBytes();
    }
  }

  private GgufWriter build() {
    describe();
    if (b.sentencePiece) {
      describe(RandomPieces.of(b.vocab));
    } else {
      describe(RandomVocabulary.of(b.vocab));
    }
    b.changes.forEach(
        (key, change) ->
            change.ifPresentOrElse(c -> metadata.put(key, c), () -> metadata.remove(key)));
    var writer = new GgufWriter();
    metadata.values().forEach(entry -> entry.accept(writer));
    addTensors(writer);
    return writer;
  }

  private void describe() {
    String a = b.architecture + ".";
    string("general.architecture", b.architecture);
    string("general.name", "random");
    u32("general.alignment", 32);
    u32(a + "vocab_size", b.vocab);
    u32(a + "context_length", b.context);
    u32(a + "embedding_length", b.embd);
    u32(a + "block_count", b.layers);
    u32(a + "feed_forward_length", b.ffn);
    u32(a + "rope.dimension_count", b.embd / b.heads);
    u32(a + "attention.head_count", b.heads);
    u32(a + "attention.head_count_kv", b.kvHeads);
    f32(a + "attention.layer_norm_rms_epsilon", b.epsilon);
    f32(a + "rope.freq_base", b.ropeBase);
    string(a + "rope.scaling.type", "linear");
    f32(a + "rope.scaling.factor", b.ropeScale);
    u32("general.file_type", 40);
  }

  private void describe(RandomVocabulary vocabulary) {
    int n = b.vocab;
    string("tokenizer.ggml.model", "gpt2");
    if (!b.published) {
      string("tokenizer.ggml.pre", "llama-bpe");
    }
    put("tokenizer.ggml.tokens", (w, key) -> w.strings(key, vocabulary.tokens()));
    put("tokenizer.ggml.scores", (w, key) -> w.floats(key, new float[n]));
    put("tokenizer.ggml.token_type", (w, key) -> w.ints(key, vocabulary.types()));
    put("tokenizer.ggml.merges", (w, key) -> w.strings(key, vocabulary.merges()));
    u32("tokenizer.ggml.bos_token_id", n - 3);
    u32("tokenizer.ggml.eos_token_id", n - 2);
    u32("tokenizer.ggml.padding_token_id", n - 2);
    put("tokenizer.ggml.add_bos_token", (w, key) -> w.bool(key, true));
    if (b.published) {
      string(
          "tokenizer.chat_template",
          "{% for m in messages %}Human: {{ m.content }}\n\n"
              + "BITNETAssistant: {{ eos }}{% endfor %}");
    }
  }

  private void describe(RandomPieces vocabulary) {
    string("tokenizer.ggml.model", "llama");
    put("tokenizer.ggml.tokens", (w, key) -> w.strings(key, vocabulary.tokens()));
    put("tokenizer.ggml.scores", (w, key) -> w.floats(key, vocabulary.scores()));
    put("tokenizer.ggml.token_type", (w, key) -> w.ints(key, vocabulary.types()));
    u32("tokenizer.ggml.bos_token_id", 1);
    u32("tokenizer.ggml.eos_token_id", 2);
    u32("tokenizer.ggml.unknown_token_id", 0);
  }

  private void addTensors(GgufWriter writer) {
    int headLength = b.embd / b.heads;
    int kvLength = b.kvHeads * headLength;
    floats(writer, "token_embd.weight", b.embdType, Init.EMBEDDING, b.embd, b.vocab);
    for (int layer = 0; layer < b.layers; layer++) {
      String p = "blk." + layer + ".";
      norm(writer, p + "attn_norm.weight", b.embd);
      ternary(writer, p + "attn_q.weight", b.embd, b.embd);
      ternary(writer, p + "attn_k.weight", b.embd, kvLength);
      ternary(writer, p + "attn_v.weight", b.embd, kvLength);
      ternary(writer, p + "attn_output.weight", b.embd, b.embd);
      norm(writer, p + "ffn_norm.weight", b.embd);
      ternary(writer, p + "ffn_gate.weight", b.embd, b.ffn);
      ternary(writer, p + "ffn_up.weight", b.embd, b.ffn);
      ternary(writer, p + "ffn_down.weight", b.ffn, b.embd);
      if (!b.architecture.equals("llama")) {
        norm(writer, p + "attn_sub_norm.weight", b.embd);
        norm(writer, p + "ffn_sub_norm.weight", b.ffn);
      }
    }
    norm(writer, "output_norm.weight", b.embd);
    b.headType.ifPresent(
        type -> floats(writer, "output.weight", type, Init.EMBEDDING, b.embd, b.vocab));
    if (b.ropeFreqs) {
      floats(writer, "rope_freqs.weight", GgmlType.F32, Init.FREQUENCY_FACTOR, headLength / 2);
    }
  }

  /** Distributions of float tensors. */
  private enum Init {
    EMBEDDING,
    NORM,
    FREQUENCY_FACTOR;

    float next(RandomGenerator random) {
      return switch (this) {
        case EMBEDDING -> (float) (0.5 * random.nextGaussian());
        case NORM -> random.nextFloat(0.5f, 1.5f);
        case FREQUENCY_FACTOR -> random.nextFloat(1f, 8f);
      };
    }
  }

  private void norm(GgufWriter writer, String name, int length) {
    floats(writer, name, b.normsType, Init.NORM, length);
  }

  private void floats(GgufWriter writer, String name, GgmlType type, Init init, long... shape) {
    RandomGenerator random = random(name);
    long n = 1;
    for (long d : shape) {
      n *= d;
    }
    var values = new float[Math.toIntExact(n)];
    for (int i = 0; i < values.length; i++) {
      values[i] = init.next(random);
    }
    tensor(writer, name, type, Floats.encode(type, values), shape);
  }

  private void ternary(GgufWriter writer, String name, int columns, int rows) {
    RandomGenerator random = random(name);
    float scale = (float) (random.nextDouble(0.5, 2) / Math.sqrt(columns));
    var codes = new byte[Math.multiplyExact(rows, columns)];
    for (int i = 0; i < codes.length; i++) {
      int draw = random.nextInt(192);
      codes[i] = (byte) (b.fourthCode && draw < 3 ? 3 : draw % 3);
    }
    tensor(writer, name, GgmlType.I2_S, b.layout.encode(codes, columns, scale), columns, rows);
  }

  private static void tensor(
      GgufWriter writer, String name, GgmlType type, byte[] bytes, long... shape) {
    List<Long> dimensions = Arrays.stream(shape).boxed().toList();
    writer.tensor(name, type, dimensions, MemorySegment.ofArray(bytes));
  }

  private RandomGenerator random(String tensorName) {
    return new SplittableRandom(b.seed * 1_000_003 + tensorName.hashCode());
  }

  private void string(String key, String value) {
    put(key, (w, k) -> w.string(k, value));
  }

  private void u32(String key, long value) {
    put(key, (w, k) -> w.u32(k, value));
  }

  private void f32(String key, float value) {
    put(key, (w, k) -> w.f32(k, value));
  }

  private void put(String key, BiConsumer<GgufWriter, String> entry) {
    metadata.put(key, writer -> entry.accept(writer, key));
  }
}
