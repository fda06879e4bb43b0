package io.github.bitnet4j.testing;

import io.github.bitnet4j.session.Session;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies of logits, for comparing with {@code ==}. */
public final class Logits {
  private Logits() {}

  /** The logits as an array. */
  public static float[] copy(MemorySegment logits) {
    return logits.toArray(ValueLayout.JAVA_FLOAT);
  }

  /** The logits of every token in turn. */
  public static float[][] of(Session session, int... tokens) {
    float[][] rows = new float[tokens.length][];
    session.evaluate(tokens, (index, logits) -> rows[index] = copy(logits));
    return rows;
  }
}
