package io.github.bitnet4j.model;

import io.github.bitnet4j.gguf.GgmlType;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Every tensor a BitNet model is made of: its name in the file and the shape the hyperparameters
 * demand. The ordinal is the native {@code bn_slot} number.
 */
public enum TensorSlot {
  TOKEN_EMBD("token_embd.weight", Kind.DENSE, Hyperparameters::vocab, Hyperparameters::embd),
  OUTPUT_NORM("output_norm.weight", Kind.FLOAT, h -> 1, Hyperparameters::embd),
  OUTPUT("output.weight", Kind.DENSE, Hyperparameters::vocab, Hyperparameters::embd),
  ATTN_NORM("blk.%d.attn_norm.weight", Kind.FLOAT, h -> 1, Hyperparameters::embd),
  ATTN_Q("blk.%d.attn_q.weight", Kind.TERNARY, Hyperparameters::qDim, Hyperparameters::embd),
  ATTN_K("blk.%d.attn_k.weight", Kind.TERNARY, Hyperparameters::kvDim, Hyperparameters::embd),
  ATTN_V("blk.%d.attn_v.weight", Kind.TERNARY, Hyperparameters::kvDim, Hyperparameters::embd),
  ATTN_SUB_NORM("blk.%d.attn_sub_norm.weight", Kind.FLOAT, h -> 1, Hyperparameters::qDim),
  ATTN_OUTPUT(
      "blk.%d.attn_output.weight", Kind.TERNARY, Hyperparameters::embd, Hyperparameters::qDim),
  FFN_NORM("blk.%d.ffn_norm.weight", Kind.FLOAT, h -> 1, Hyperparameters::embd),
  FFN_GATE("blk.%d.ffn_gate.weight", Kind.TERNARY, Hyperparameters::ff, Hyperparameters::embd),
  FFN_UP("blk.%d.ffn_up.weight", Kind.TERNARY, Hyperparameters::ff, Hyperparameters::embd),
  FFN_SUB_NORM("blk.%d.ffn_sub_norm.weight", Kind.FLOAT, h -> 1, Hyperparameters::ff),
  FFN_DOWN("blk.%d.ffn_down.weight", Kind.TERNARY, Hyperparameters::embd, Hyperparameters::ff);

  /** The element types a slot takes. */
  public enum Kind {
    /** F32, F16, BF16, Q8_0, Q6_K or Q4_0. */
    DENSE(GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0, GgmlType.Q6_K, GgmlType.Q4_0),
    /** F32, F16 or BF16. */
    FLOAT(GgmlType.F32, GgmlType.F16, GgmlType.BF16),
    /** I2_S. */
    TERNARY(GgmlType.I2_S);

    private final List<GgmlType> types;

    Kind(GgmlType... types) {
      this.types = List.of(types);
    }

    boolean takes(GgmlType type) {
      return types.contains(type);
    }

    /** The types in words, such as "F32, F16 or BF16". */
    String describe() {
      List<String> names = types.stream().map(GgmlType::name).toList();
      String last = names.getLast();
      return names.size() == 1
          ? last
          : String.join(", ", names.subList(0, names.size() - 1)) + " or " + last;
    }
  }

  private final String pattern;
  private final Kind kind;
  private final ToLongFunction<Hyperparameters> rows;
  private final ToLongFunction<Hyperparameters> cols;

  TensorSlot(
      String pattern,
      Kind kind,
      ToLongFunction<Hyperparameters> rows,
      ToLongFunction<Hyperparameters> cols) {
    this.pattern = pattern;
    this.kind = kind;
    this.rows = rows;
    this.cols = cols;
  }

  /** Whether there is one such tensor in every layer. */
  public boolean perLayer() {
    return pattern.contains("%d");
  }

  /** Whether a file may leave it out: a missing {@link #OUTPUT} is tied to {@link #TOKEN_EMBD}. */
  public boolean optional() {
    return this == OUTPUT;
  }

  /** The tensor's name in the file. */
  public String tensorName(int layer) {
    return pattern.formatted(layer);
  }

  /** The element types it takes. */
  public Kind kind() {
    return kind;
  }

  /** Rows of the matrix, 1 for a vector. */
  public long rows(Hyperparameters h) {
    return rows.applyAsLong(h);
  }

  /** Columns of the matrix: the length of the vector it multiplies. */
  public long cols(Hyperparameters h) {
    return cols.applyAsLong(h);
  }
}
