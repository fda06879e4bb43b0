package io.github.bitnet4j.bench;

import io.github.bitnet4j.ffi.NativeBatch;
import io.github.bitnet4j.ffi.NativeKv;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.Workspace;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** A test set up on a model, to be run again and again. One caller at a time. */
final class Workload implements AutoCloseable {
  private static final long SEED = 1;

  /** With a screened head: logits that are needed, as the usual top-k sampler needs them. */
  private static final int HIGHEST = 40;

  private final BenchTest test;
  private final int vocabulary;
  private final Workspace workspace;
  private final NativeBatch batch;

  /** Makes room, and fills every sequence to the test's depth. */
  Workload(Model model, BenchTest test) {
    this.test = test;
    vocabulary = model.hyperparameters().vocab();
    int positions = test.contextTokens();
    workspace =
        new Workspace(
            model,
            Math.max(Math.min(test.batchTokens(), positions), test.sequences()),
            positions,
            test.sequences(),
            test.kvType());
    batch = workspace.batch();
    batch.setHighest(model.screenedHead() ? HIGHEST : 0);
    boolean filled = false;
    try {
      RandomGenerator random = new SplittableRandom(SEED);
      for (int sequence = 0; sequence < test.sequences(); sequence++) {
        prefill(random, sequence, 0, test.depthTokens());
      }
      filled = true;
    } finally {
      if (!filled) {
        workspace.close();
      }
    }
  }

  /** Bytes of keys and values that one position takes, over all layers. */
  long kvBytesPerToken() {
    return workspace.kv().pageBytes() / NativeKv.PAGE_TOKENS;
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
      workspace.forward(workspace.logits());
    }
  }

  @Override
  public void close() {
    workspace.close();
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
      workspace.forward(done == count ? workspace.logits() : MemorySegment.NULL);
    }
  }
}
