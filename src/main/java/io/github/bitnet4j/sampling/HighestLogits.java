package io.github.bitnet4j.sampling;

import java.util.Arrays;

/**
 * Finds the highest of the logits offered to it: a bounded heap of keys that are lower the higher
 * the logit and, among equals, the lower the id. Reused; for one thread.
 */
final class HighestLogits {
  private long[] keys = new long[64];
  private int capacity;
  private int size;

  /** What a logit must reach to be among those found: that of the worst, once there are enough. */
  private float threshold;

  /** Forgets everything, and from now on finds the {@code count} highest logits. */
  void begin(int count) {
    capacity = count;
    size = 0;
    threshold = Float.NEGATIVE_INFINITY;
    if (keys.length < count) {
      keys = new long[count];
    }
  }

  /** Takes a logit, not NaN, into consideration. */
  void offer(float logit, int id) {
    if (size == capacity) {
      if (logit >= threshold) {
        replaceWorst(key(logit, id));
      }
    } else {
      keys[size++] = key(logit, id);
      if (size == capacity) {
        heapify();
      }
    }
  }

  /** How many were found: as many as wanted or, if fewer were offered, all. */
  int size() {
    return size;
  }

  /** The lowest logit found; as many as wanted must have been offered. */
  float lowest() {
    return logitOf(keys[0]);
  }

  /** Orders what was found by falling logit, equal logits by rising id; nothing can be added. */
  void sort() {
    Arrays.sort(keys, 0, size);
  }

  float logit(int index) {
    return logitOf(keys[index]);
  }

  int id(int index) {
    return (int) keys[index];
  }

  private static long key(float logit, int id) {
    int bits = Float.floatToRawIntBits(logit + 0.0f); // one zero: −0 + 0 is +0
    int rising = bits ^ bits >> 31 & Integer.MAX_VALUE;
    return (long) ~rising << 32 | id;
  }

  private static float logitOf(long key) {
    int rising = ~(int) (key >> 32);
    return Float.intBitsToFloat(rising ^ rising >> 31 & Integer.MAX_VALUE);
  }

  private void heapify() {
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(i);
    }
    threshold = lowest();
  }

  private void replaceWorst(long key) {
    if (key < keys[0]) {
      keys[0] = key;
      siftDown(0);
      threshold = lowest();
    }
  }

  /** Restores the heap, worst on top, below {@code at}. */
  private void siftDown(int at) {
    long moved = keys[at];
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && keys[child + 1] > keys[child]) {
        child++;
      }
      if (keys[child] <= moved) {
        break;
      }
      keys[at] = keys[child];
      at = child;
    }
    keys[at] = moved;
  }
}
