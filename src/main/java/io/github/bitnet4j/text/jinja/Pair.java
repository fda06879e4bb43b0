package io.github.bitnet4j.text.jinja;

import java.util.AbstractList;

/** A key and its value: a list of two that is written as Python writes a tuple. */
final class Pair extends AbstractList<Object> {
  private final Object key;
  private final Object value;

  Pair(Object key, Object value) {
    this.key = key;
    this.value = value;
  }

  @Override
  public Object get(int index) {
    return index == 0 ? key : value;
  }

  @Override
  public int size() {
    return 2;
  }
}
