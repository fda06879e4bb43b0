package io.github.bitnet4j.text;

import java.util.Arrays;

/** A growing array of {@code int}. */
final class IntList {
  private int[] items = new int[64];
  private int size;

  void add(int item) {
    reserve(1);
    items[size++] = item;
  }

  void addAll(int[] more) {
    if (more.length == 1) {
      add(more[0]);
      return;
    }
    reserve(more.length);
    System.arraycopy(more, 0, items, size, more.length);
    size += more.length;
  }

  int get(int index) {
    return items[index];
  }

  int size() {
    return size;
  }

  /** Drops all but the first {@code newSize} items. */
  void truncate(int newSize) {
    size = newSize;
  }

  void clear() {
    size = 0;
  }

  int[] toArray() {
    return Arrays.copyOf(items, size);
  }

  /** The items from {@code from} on. */
  int[] toArray(int from) {
    return Arrays.copyOfRange(items, from, size);
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > items.length) {
      items = Arrays.copyOf(items, Math.max(needed, Math.addExact(size, size)));
    }
  }
}
