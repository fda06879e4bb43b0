package io.github.bitnet4j.gguf;

import java.nio.charset.StandardCharsets;

/**
 * Where the fields of a tensor's directory entry lie: u64 name.length, name, u32 n_dims, u64 ne[…],
 * u32 type, u64 offset.
 */
final class TensorFields {
  private TensorFields() {}

  /** Byte offset of {@code field}; of the whole entry for a field that it does not have. */
  static long offsetOf(long infoOffset, String name, int dimensions, String field) {
    long nDims = infoOffset + 8 + name.getBytes(StandardCharsets.UTF_8).length;
    long type = nDims + 4 + 8L * dimensions;
    return switch (field) {
      case "name" -> infoOffset + 8;
      case "n_dims" -> nDims;
      case "ne", "ne[0]" -> nDims + 4;
      case "ne[1]" -> nDims + 12;
      case "ne[2]" -> nDims + 20;
      case "ne[3]" -> nDims + 28;
      case "type" -> type;
      case "offset" -> type + 4;
      default -> infoOffset;
    };
  }
}
