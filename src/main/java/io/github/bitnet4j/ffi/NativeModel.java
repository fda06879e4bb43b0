package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;
import io.github.bitnet4j.bindings.bn_hparams;
import io.github.bitnet4j.bindings.bn_model_config;
import io.github.bitnet4j.bindings.bn_region;
import io.github.bitnet4j.bindings.bn_tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Weights ready to compute with. Immutable and safe to share between threads. */
public final class NativeModel extends NativeHandle {

  /** Hyperparameters as the engine takes them; ranges are in {@code bn_hparams}. */
  public record Shape(
      int layers,
      int embd,
      int ff,
      int heads,
      int kvHeads,
      int headDim,
      int vocab,
      int activation,
      float rmsEpsilon,
      float attentionScale) {}

  /**
   * Checks the table and makes a model. The regions are borrowed: they must stay alive and mapped
   * until this model is closed.
   *
   * @param copyWeights whether the model keeps a copy of the weights, in large pages where the
   *     operating system has them; the regions are then borrowed until the constructor returns
   */
  public NativeModel(
      KernelBuild kernel,
      Shape shape,
      List<MemorySegment> regions,
      List<TensorEntry> tensors,
      boolean copyWeights) {
    super(
        "creating a model of %d tensors".formatted(tensors.size()),
        (out, scratch) -> create(kernel, shape, regions, tensors, copyWeights, out, scratch),
        BitNetNative::bn_model_destroy);
  }

  /**
   * Adds a copy of the ternary weights in five bits for three of them, which passes of one token
   * compute with. Call it before the first context is made, and once.
   *
   * @throws NativeException if a code is 3, which stands for no ternary weight
   */
  public void packWeights(NativePool pool) {
    int status = BitNetNative.bn_model_pack_weights(address(), pool.address());
    Status.check(
        status,
        status == BitNetNative.BN_ERROR_TENSOR_VALUE()
            ? "packing the weights, one of whose codes is 3; load them mapped or copied instead"
            : "packing the weights");
  }

  /**
   * Replaces the head by one of fewer bits, which is lossy. Call it before the first context is
   * made and before {@link #screenHead}.
   *
   * @param type id of Q8_0 or Q6_K in GGUF
   * @throws NativeException if the head has no more bits already, its rows are no whole blocks, or
   *     weights are infinite, NaN or too large for the type
   */
  public void requantizeHead(NativePool pool, int type) {
    int status = BitNetNative.bn_model_requantize_head(address(), pool.address(), type);
    Status.check(status, "requantising the head");
  }

  /**
   * Adds a copy of the head by which passes that need only the highest logits find their rows. Call
   * it before the first context is made, and once.
   */
  public void screenHead(NativePool pool) {
    int status = BitNetNative.bn_model_screen_head(address(), pool.address());
    Status.check(status, "copying the head to screen it");
  }

  /** Bytes of native memory the model owns beside the borrowed regions. */
  public long byteSize() {
    return BitNetNative.bn_model_bytes(address());
  }

  private static int create(
      KernelBuild kernel,
      Shape shape,
      List<MemorySegment> regions,
      List<TensorEntry> tensors,
      boolean copyWeights,
      MemorySegment out,
      Arena scratch) {
    MemorySegment config = bn_model_config.allocate(scratch);
    bn_model_config.size(config, (int) bn_model_config.sizeof());
    bn_model_config.kernel(config, kernel.index());
    store(shape, bn_model_config.hparams(config));
    bn_model_config.flags(config, copyWeights ? BitNetNative.BN_MODEL_COPY_WEIGHTS() : 0);
    MemorySegment regionArray = bn_region.allocateArray(regions.size(), scratch);
    for (int i = 0; i < regions.size(); i++) {
      MemorySegment region = bn_region.asSlice(regionArray, i);
      bn_region.data(region, regions.get(i));
      bn_region.bytes(region, regions.get(i).byteSize());
    }
    bn_model_config.regions(config, regionArray);
    bn_model_config.regions_bytes(config, regionArray.byteSize());
    MemorySegment tensorArray = bn_tensor.allocateArray(tensors.size(), scratch);
    for (int i = 0; i < tensors.size(); i++) {
      store(tensors.get(i), bn_tensor.asSlice(tensorArray, i));
    }
    bn_model_config.tensors(config, tensorArray);
    bn_model_config.tensors_bytes(config, tensorArray.byteSize());
    MemorySegment failed = scratch.allocateFrom(ValueLayout.JAVA_LONG, -1L);
    int status = BitNetNative.bn_model_create(config, out, failed);
    long index = failed.get(ValueLayout.JAVA_LONG, 0);
    if (index >= 0) {
      String tensor = index < tensors.size() ? tensors.get((int) index).toString() : "";
      Status.check(status, "creating a model: tensor " + index + " " + tensor);
    }
    return status;
  }

  static void store(Shape shape, MemorySegment hparams) {
    bn_hparams.n_layers(hparams, shape.layers());
    bn_hparams.n_embd(hparams, shape.embd());
    bn_hparams.n_ff(hparams, shape.ff());
    bn_hparams.n_heads(hparams, shape.heads());
    bn_hparams.n_kv_heads(hparams, shape.kvHeads());
    bn_hparams.head_dim(hparams, shape.headDim());
    bn_hparams.n_vocab(hparams, shape.vocab());
    bn_hparams.activation(hparams, shape.activation());
    bn_hparams.rms_epsilon(hparams, shape.rmsEpsilon());
    bn_hparams.attention_scale(hparams, shape.attentionScale());
  }

  private static void store(TensorEntry entry, MemorySegment tensor) {
    bn_tensor.slot(tensor, entry.slot());
    bn_tensor.layer(tensor, entry.layer());
    bn_tensor.type(tensor, entry.type());
    bn_tensor.layout(tensor, entry.layout());
    bn_tensor.region(tensor, entry.region());
    bn_tensor.reserved(tensor, 0);
    bn_tensor.offset(tensor, entry.offset());
    bn_tensor.bytes(tensor, entry.bytes());
    bn_tensor.rows(tensor, entry.rows());
    bn_tensor.cols(tensor, entry.cols());
  }
}
