package io.github.bitnet4j.gguf;

import java.util.Optional;

/** Type of a metadata value, with the id and width the file uses. */
public enum GgufValueType {
  U8(0, 1),
  I8(1, 1),
  U16(2, 2),
  I16(3, 2),
  U32(4, 4),
  I32(5, 4),
  F32(6, 4),
  /** One byte, 0 or 1. */
  BOOL(7, 1),
  /** A u64 length in bytes, then the bytes; UTF-8 by convention. */
  STRING(8, 0),
  /** A u32 element type, a u64 element count, then the elements. */
  ARRAY(9, 0),
  U64(10, 8),
  I64(11, 8),
  F64(12, 8);

  private static final GgufValueType[] BY_ID = values();

  private final int id;
  private final int bytes;

  GgufValueType(int id, int bytes) {
    this.id = id;
    this.bytes = bytes;
  }

  /** The id stored in the file. */
  public int id() {
    return id;
  }

  /** Encoded size in bytes; 0 for {@link #STRING} and {@link #ARRAY}, whose size varies. */
  public int bytes() {
    return bytes;
  }

  /** Whether this is one of the eight integer types. */
  public boolean isInteger() {
    return switch (this) {
      case U8, I8, U16, I16, U32, I32, U64, I64 -> true;
      case F32, BOOL, STRING, ARRAY, F64 -> false;
    };
  }

  /** Whether this is {@link #F32} or {@link #F64}. */
  public boolean isFloat() {
    return this == F32 || this == F64;
  }

  /** Fewest bytes a value of this type can take in the file. */
  int minimumBytes() {
    return switch (this) {
      case STRING -> Long.BYTES;
      case ARRAY -> Integer.BYTES + Long.BYTES;
      default -> bytes;
    };
  }

  static Optional<GgufValueType> of(int id) {
    return id >= 0 && id < BY_ID.length ? Optional.of(BY_ID[id]) : Optional.empty();
  }
}
