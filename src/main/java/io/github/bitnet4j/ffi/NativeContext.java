package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;
import io.github.bitnet4j.bindings.bn_context_config;
import java.lang.foreign.MemorySegment;

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
