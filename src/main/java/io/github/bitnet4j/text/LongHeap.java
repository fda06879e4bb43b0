package io.github.bitnet4j.text;

import java.util.Arrays;

/** A binary min-heap of {@code long}. */
final class LongHeap {
  private long[] items = new long[16];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void clear() {
    size = 0;
  }

  void add(long item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, Math.multiplyExact(size, 2));
    }
    int at = size++;
    while (at > 0 && items[at - 1 >>> 1] > item) {
      items[at] = items[at - 1 >>> 1];
      at = at - 1 >>> 1;
    }
    items[at] = item;
  }

  /** The least item, which stays; there must be one. */
  long peek() {
    return items[0];
  }

  /** Takes the least item; there must be one. */
  long poll() {
    long least = items[0];
    long last = items[--size];
    int at = 0;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && items[child + 1] < items[child]) {
        child++;
      }
      if (items[child] >= last) {
        break;
      }
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
    return least;
  }
}
