package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;
import io.github.bitnet4j.bindings.bn_context_config;
import io.github.bitnet4j.bindings.bn_hparams;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Scratch memory for forward passes. One caller at a time; model, pool and RoPE tables must outlive
 * it.
 */
public final class NativeContext extends NativeHandle {

  /**
   * Allocates scratch memory.
   *
   * @param maxBatchTokens tokens one forward pass may carry
   * @param maxPositions rows of the RoPE tables
   * @param ropeCos {@code [maxPositions][headDim/2]} floats
   * @param ropeSin likewise
   */
  public NativeContext(
      NativeModel model,
      NativePool pool,
      int maxBatchTokens,
      int maxPositions,
      MemorySegment ropeCos,
      MemorySegment ropeSin) {
    super(
        "creating a context of %d tokens at %d positions".formatted(maxBatchTokens, maxPositions),
        (out, scratch) -> {
          MemorySegment config = bn_context_config.allocate(scratch);
          bn_context_config.size(config, (int) bn_context_config.sizeof());
          bn_context_config.max_batch_tokens(config, maxBatchTokens);
          bn_context_config.max_positions(config, maxPositions);
          bn_context_config.reserved(config, 0);
          bn_context_config.rope_cos(config, ropeCos);
          bn_context_config.rope_sin(config, ropeSin);
          bn_context_config.rope_bytes(config, Math.min(ropeCos.byteSize(), ropeSin.byteSize()));
          return BitNetNative.bn_context_create(model.address(), pool.address(), config, out);
        },
        BitNetNative::bn_context_destroy);
  }

  /**
   * What {@link #byteSize} will tell of a context, before there is a model.
   *
   * @param threads threads of a forward pass, 1 to 1024
   * @param screenedHead whether the model will have a screened head
   * @throws NativeException if a number lies outside its range
   */
  public static long byteSizeFor(
      KernelBuild kernel,
      NativeModel.Shape shape,
      int threads,
      int maxBatchTokens,
      int maxPositions,
      boolean screenedHead) {
    NativeLibrary.load();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment hparams = bn_hparams.allocate(scratch);
      NativeModel.store(shape, hparams);
      MemorySegment bytes = scratch.allocate(ValueLayout.JAVA_LONG);
      int status =
          BitNetNative.bn_context_bytes_for(
              hparams,
              kernel.index(),
              threads,
              maxBatchTokens,
              maxPositions,
              screenedHead ? 1 : 0,
              bytes);
      Status.check(
          status,
          "sizing a context of %d tokens at %d positions".formatted(maxBatchTokens, maxPositions));
      return bytes.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /** Bytes of native scratch memory. */
  public long byteSize() {
    return BitNetNative.bn_context_bytes(address());
  }

  /** Rows of the stored head that the last forward pass computed. */
  public long headRows() {
    return BitNetNative.bn_context_head_rows(address());
  }

  /**
   * Runs the model over the batch.
   *
   * @param logits room for one row of vocabulary-size floats per token that wants logits, or {@link
   *     MemorySegment#NULL} when none does
   */
  public void forward(NativeKv kv, NativeBatch batch, MemorySegment logits) {
    int status =
        BitNetNative.bn_forward(address(), kv.address(), batch.struct(), logits, logits.byteSize());
    Status.check(status, "forward pass over " + batch.size() + " tokens");
  }
}
