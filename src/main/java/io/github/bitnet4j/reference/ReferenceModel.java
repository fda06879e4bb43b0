package io.github.bitnet4j.reference;

import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufTensor;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.TensorSlot;
import io.github.bitnet4j.model.TensorTable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A model's weights as the reference reads them: matrices straight from the mapped file, norms
 * widened to floats. Immutable, safe to share between threads, usable while the file is open.
 */
public final class ReferenceModel {

  /**
   * The weights of one layer; shapes are {@code [rows][cols]}, with q = heads · headDim and kv =
   * kvHeads · headDim.
   *
   * @param attnNorm {@code [embd]}
   * @param q {@code [q][embd]}
   * @param k {@code [kv][embd]}
   * @param v {@code [kv][embd]}
   * @param attnSubNorm {@code [q]}
   * @param attnOutput {@code [embd][q]}
   * @param ffnNorm {@code [embd]}
   * @param ffnGate {@code [ff][embd]}
   * @param ffnUp {@code [ff][embd]}
   * @param ffnSubNorm {@code [ff]}
   * @param ffnDown {@code [embd][ff]}
   */
  record Layer(
      float[] attnNorm,
      TernaryMatrix q,
      TernaryMatrix k,
      TernaryMatrix v,
      float[] attnSubNorm,
      TernaryMatrix attnOutput,
      float[] ffnNorm,
      TernaryMatrix ffnGate,
      TernaryMatrix ffnUp,
      float[] ffnSubNorm,
      TernaryMatrix ffnDown) {}

  private final Hyperparameters hyperparameters;
  private final TensorTable tensors;
  private final FloatMatrix embedding;
  private final List<Layer> layers;
  private final float[] outputNorm;
  private final FloatMatrix head;

  /** The reference of a loaded model, on the same file, its head requantised likewise. */
  public ReferenceModel(Model model) {
    this(model.hyperparameters(), model.tensors(), model.headType());
  }

  /** A model of tensors that were matched to these hyperparameters; the file stays the caller's. */
  public ReferenceModel(Hyperparameters hyperparameters, TensorTable tensors) {
    this(hyperparameters, tensors, tensors.head().type());
  }

  private ReferenceModel(Hyperparameters hyperparameters, TensorTable tensors, GgmlType headType) {
    this.hyperparameters = hyperparameters;
    this.tensors = tensors;
    embedding = matrix(tensor(TensorSlot.TOKEN_EMBD, 0));
    layers = IntStream.range(0, hyperparameters.layers()).mapToObj(this::readLayer).toList();
    outputNorm = vector(TensorSlot.OUTPUT_NORM, 0);
    FloatMatrix stored = matrix(tensors.head());
    head = headType == stored.type() ? stored : RequantizedHead.of(stored, headType);
  }

  /** The model's numbers. */
  public Hyperparameters hyperparameters() {
    return hyperparameters;
  }

  /** Divisors of the rotary angles; empty for none. */
  float[] ropeFreqs() {
    return tensors.ropeFreqs();
  }

  /** {@code [vocab][embd]}. */
  FloatMatrix embedding() {
    return embedding;
  }

  List<Layer> layers() {
    return layers;
  }

  /** {@code [embd]}. */
  float[] outputNorm() {
    return outputNorm;
  }

  /** {@code [vocab][embd]}; the embedding's values when they are tied, unless requantised. */
  FloatMatrix head() {
    return head;
  }

  private Layer readLayer(int layer) {
    return new Layer(
        vector(TensorSlot.ATTN_NORM, layer),
        ternary(TensorSlot.ATTN_Q, layer),
        ternary(TensorSlot.ATTN_K, layer),
        ternary(TensorSlot.ATTN_V, layer),
        vector(TensorSlot.ATTN_SUB_NORM, layer),
        ternary(TensorSlot.ATTN_OUTPUT, layer),
        vector(TensorSlot.FFN_NORM, layer),
        ternary(TensorSlot.FFN_GATE, layer),
        ternary(TensorSlot.FFN_UP, layer),
        vector(TensorSlot.FFN_SUB_NORM, layer),
        ternary(TensorSlot.FFN_DOWN, layer));
  }

  private GgufTensor tensor(TensorSlot slot, int layer) {
    return tensors.tensor(slot, layer).orElseThrow();
  }

  private TernaryMatrix ternary(TensorSlot slot, int layer) {
    return new TernaryMatrix(
        tensor(slot, layer).data(),
        (int) slot.rows(hyperparameters),
        (int) slot.cols(hyperparameters),
        tensors.layout());
  }

  private float[] vector(TensorSlot slot, int layer) {
    return matrix(tensor(slot, layer)).row(0);
  }

  private static FloatMatrix matrix(GgufTensor tensor) {
    return new FloatMatrix(
        tensor.data(), tensor.type(), (int) tensor.dimension(1), (int) tensor.dimension(0));
  }
}
