package io.github.bitnet4j.text;

import java.util.Arrays;

/** A growing array of {@code int}. */
final class IntList {
  private int[] items = new int[64];
  private int size;

  void add(int item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, Math.multiplyExact(size, 2));
    }
    items[size++] = item;
  }

  void addAll(int[] more) {
    for (int item : more) {
      add(item);
    }
  }

  int get(int index) {
    return items[index];
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  int[] toArray() {
    return Arrays.copyOf(items, size);
  }
}
