package io.github.bitnet4j.model;

import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.ffi.NativeBatch;
import io.github.bitnet4j.ffi.NativeContext;
import io.github.bitnet4j.ffi.NativeKv;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the forward passes of some sequences compute in: scratch memory, keys and values, the batch,
 * and room for logits. Keeps the model alive until it is closed. One caller at a time.
 */
public final class Workspace implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final Model.Lease lease;

  /** Held because the context reads the tables, which live as long as something refers to them. */
  private final RopeTables rope;

  private final NativeContext context;
  private final NativeKv kv;
  private final NativeBatch batch;
  private final MemorySegment logits;

  /**
   * Makes room; each sequence has pages of its own, named in the batch.
   *
   * @param batchTokens tokens one forward pass may carry
   * @param positions tokens a sequence can hold
   * @throws IllegalStateException if the model is closed
   */
  public Workspace(Model model, int batchTokens, int positions, int sequences, KvType kvType) {
    int pages = Math.ceilDiv(positions, NativeKv.PAGE_TOKENS);
    lease = model.lease();
    NativeContext newContext = null;
    NativeKv newKv = null;
    boolean opened = false;
    try {
      rope = model.ropeTables(positions);
      newContext =
          new NativeContext(
              lease.nativeModel(), lease.pool(), batchTokens, positions, rope.cos(), rope.sin());
      newKv = new NativeKv(lease.nativeModel(), kvType, Math.multiplyExact(pages, sequences));
      context = newContext;
      kv = newKv;
      batch = new NativeBatch(arena, batchTokens, sequences, pages);
      for (int page = 0; page < pages * sequences; page++) {
        batch.setPage(page / pages, page % pages, page);
      }
      logits =
          arena.allocate(
              ValueLayout.JAVA_FLOAT, (long) model.hyperparameters().vocab() * sequences);
      opened = true;
    } finally {
      if (!opened) {
        release(lease, arena, newKv, newContext);
      }
    }
  }

  /** The tokens of the coming forward pass. */
  public NativeBatch batch() {
    return batch;
  }

  /** Keys and values of all sequences. */
  public NativeKv kv() {
    return kv;
  }

  /** Room for a row of logits, vocabulary-size floats, for each sequence. */
  public MemorySegment logits() {
    return logits;
  }

  /**
   * Runs the model over the batch.
   *
   * @param rows room for one row of logits per token that wants them, or {@link MemorySegment#NULL}
   *     when none does
   */
  public void forward(MemorySegment rows) {
    context.forward(kv, batch, rows);
  }

  /** Rows of the stored head that the last forward pass computed. */
  public long headRows() {
    return context.headRows();
  }

  /** Bytes of scratch memory and logits, without keys and values. */
  public long scratchBytes() {
    return context.byteSize() + logits.byteSize();
  }

  /**
   * What {@link #scratchBytes} will tell of one sequence, worked out without loading anything but
   * the native library.
   *
   * @param options kernel build, threads and whether the head is screened; the rest is ignored
   * @param batchTokens tokens one forward pass may carry
   * @param positions tokens the sequence can hold
   * @throws IllegalArgumentException if the options name a kernel build that this machine cannot
   *     run
   * @throws io.github.bitnet4j.ffi.NativeLibraryException if the native library, or one that the
   *     options name, cannot be used
   */
  public static long scratchBytesFor(
      Hyperparameters h, ModelOptions options, int batchTokens, int positions) {
    long context =
        NativeContext.byteSizeFor(
            options.kernelBuild(),
            h.shape(),
            options.threadCount(),
            batchTokens,
            positions,
            options.screenedHead());
    return context + (long) h.vocab() * Float.BYTES;
  }

  /** Frees the memory and lets go of the model; closing twice is harmless. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      release(lease, arena, kv, context);
    }
  }

  /** Closes what is not null, the last first, and all of it even if some cannot be closed. */
  private static void release(Model.Lease lease, Arena arena, NativeKv kv, NativeContext context) {
    try (lease;
        arena;
        kv;
        context) {}
  }
}
