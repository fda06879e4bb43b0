package io.github.bitnet4j.sampling;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Logits for tests. */
final class Logits {
  private Logits() {}

  static MemorySegment of(float... logits) {
    return MemorySegment.ofArray(logits);
  }

  /** Logits whose softmax is exactly in the proportions given, up to rounding. */
  static MemorySegment ofWeights(double... weights) {
    var logits = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      logits[i] = (float) Math.log(weights[i]);
    }
    return of(logits);
  }

  /** Normally distributed logits with many ties, for {@code size} tokens. */
  static MemorySegment seeded(int size, long seed) {
    var random = new Random(seed);
    var logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = Math.round(random.nextGaussian() * 64) / 16f;
    }
    return of(logits);
  }

  static Candidates candidates(MemorySegment logits) {
    var candidates = new Candidates();
    candidates.load(logits);
    return candidates;
  }

  static List<Integer> ids(Candidates candidates) {
    var ids = new ArrayList<Integer>();
    for (int i = 0; i < candidates.size(); i++) {
      ids.add(candidates.id(i));
    }
    return ids;
  }
}
