package io.github.bitnet4j.session;

import java.lang.foreign.MemorySegment;

/** Receives the logits of each token in turn. */
@FunctionalInterface
public interface LogitsConsumer {

  /**
   * Takes one row of logits.
   *
   * @param index index of the token in the array that was evaluated
   * @param logits vocabulary-size floats, valid during this call
   */
  void accept(int index, MemorySegment logits);
}
