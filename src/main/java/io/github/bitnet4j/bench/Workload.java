package io.github.bitnet4j.bench;

import io.github.bitnet4j.ffi.NativeBatch;
import io.github.bitnet4j.ffi.NativeContext;
import io.github.bitnet4j.ffi.NativeKv;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.RopeTables;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** A test set up on a model, to be run again and again. One caller at a time. */
final class Workload implements AutoCloseable {
  private static final long SEED = 1;

  private final BenchTest test;
  private final int vocabulary;
  private final Arena arena = Arena.ofShared();
  private final Model.Lease lease;
  private final RopeTables rope;
  private final NativeContext context;
  private final NativeKv kv;
  private final NativeBatch batch;
  private final MemorySegment logits;

  /** Makes room, and fills every sequence to the test's depth. */
  Workload(Model model, BenchTest test) {
    this.test = test;
    vocabulary = model.hyperparameters().vocab();
    lease = model.lease();
    NativeContext newContext = null;
    NativeKv newKv = null;
    boolean opened = false;
    try {
      int positions = test.contextTokens();
      int pages = Math.ceilDiv(positions, NativeKv.PAGE_TOKENS);
      int batchTokens = Math.max(Math.min(test.batchTokens(), positions), test.sequences());
      rope = model.ropeTables(positions);
      newContext =
          new NativeContext(
              lease.nativeModel(), lease.pool(), batchTokens, positions, rope.cos(), rope.sin());
      newKv =
          new NativeKv(
              lease.nativeModel(), test.kvType(), Math.multiplyExact(pages, test.sequences()));
      context = newContext;
      kv = newKv;
      batch = new NativeBatch(arena, batchTokens, test.sequences(), pages);
      for (int page = 0; page < pages * test.sequences(); page++) {
        batch.setPage(page / pages, page % pages, page);
      }
      logits = arena.allocate(ValueLayout.JAVA_FLOAT, (long) vocabulary * test.sequences());
      RandomGenerator random = new SplittableRandom(SEED);
      for (int sequence = 0; sequence < test.sequences(); sequence++) {
        prefill(random, sequence, 0, test.depthTokens());
      }
      opened = true;
    } finally {
      if (!opened) {
        release(newKv, newContext);
      }
    }
  }

  /** Bytes of keys and values that one position takes, over all layers. */
  long kvBytesPerToken() {
    return kv.pageBytes() / NativeKv.PAGE_TOKENS;
  }

  /** What is timed. Every run does the same. */
  void run() {
    RandomGenerator random = new SplittableRandom(SEED + 1);
    prefill(random, 0, test.depthTokens(), test.promptTokens());
    int first = test.depthTokens() + test.promptTokens();
    for (int i = 0; i < test.generatedTokens(); i++) {
      batch.clear();
      for (int sequence = 0; sequence < test.sequences(); sequence++) {
        batch.add(random.nextInt(vocabulary), first + i, sequence, true);
      }
      context.forward(kv, batch, logits);
    }
  }

  @Override
  public void close() {
    release(kv, context);
  }

  private void prefill(RandomGenerator random, int sequence, int first, int count) {
    for (int done = 0; done < count; ) {
      int tokens = Math.min(test.batchTokens(), count - done);
      batch.clear();
      for (int i = 0; i < tokens; i++) {
        boolean last = done + i == count - 1;
        batch.add(random.nextInt(vocabulary), first + done + i, sequence, last);
      }
      done += tokens;
      context.forward(kv, batch, done == count ? logits : MemorySegment.NULL);
    }
  }

  private void release(NativeKv ownedKv, NativeContext ownedContext) {
    try {
      if (ownedContext != null) {
        ownedContext.close();
      }
      if (ownedKv != null) {
        ownedKv.close();
      }
      arena.close();
    } finally {
      lease.close();
    }
  }
}
