package io.github.bitnet4j.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;

/** Normally distributed logits, one for each token of Llama 3's vocabulary. */
final class NormalLogits {
  static final int VOCABULARY = 128_256;

  private static final float SPREAD = 2;

  private NormalLogits() {}

  static MemorySegment fill(Arena arena, RandomGenerator random) {
    var logits = arena.allocate(ValueLayout.JAVA_FLOAT, VOCABULARY);
    for (int i = 0; i < VOCABULARY; i++) {
      logits.setAtIndex(ValueLayout.JAVA_FLOAT, i, SPREAD * (float) random.nextGaussian());
    }
    return logits;
  }
}
