package io.github.bitnet4j.testing;

import java.util.OptionalLong;

/**
 * A file that must be refused.
 *
 * @param name what is wrong with it, unique in its suite
 * @param field the path of the field that must be named; empty when damage further on may be what
 *     is noticed first
 * @param offset the offset that must be named with it
 * @param bytes the file
 */
public record MalformedFile(String name, String field, OptionalLong offset, byte[] bytes) {
  @Override
  public String toString() {
    return name;
  }
}
