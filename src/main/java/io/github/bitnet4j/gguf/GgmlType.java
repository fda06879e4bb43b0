package io.github.bitnet4j.gguf;

import java.util.List;

/**
 * How a tensor's elements are stored, with the id the file uses.
 *
 * <p>Most types store {@link #blockElements} consecutive elements of a row in {@link #blockBytes}
 * bytes. The BitNet types {@link #I2_S}, {@link #TL1} and {@link #TL2} store the whole tensor as
 * one stream followed by its scale; their sizes are in {@link #byteSize}.
 */
public enum GgmlType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q8_1(9, 32, 36),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, 32, 18),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, 256, 136),
  I8(24, 1, 1),
  I16(25, 1, 2),
  I32(26, 1, 4),
  I64(27, 1, 8),
  F64(28, 1, 8),
  IQ1_M(29, 256, 56),
  /** The upper 16 bits of a float32. */
  BF16(30, 1, 2),
  TQ1_0(34, 256, 54),
  TQ2_0(35, 256, 66),
  /** Ternary, four weights a byte, then one float32 scale and 28 unspecified bytes. */
  I2_S(36, 4, 1),
  I8_S(37, 1, 1),
  /** Ternary for table lookup on Arm: pairs in four bits, then the scale in 32 bytes. */
  TL1(38, 4, 1),
  /** Ternary for table lookup on x86. Id 42 in newer writers; id 39 is shared with MXFP4. */
  TL2(39, 1, 0),
  /** Id 39 is shared with {@link #TL2}; the reader tells them apart by size. */
  MXFP4(39, 32, 17),
  /** An id this enum does not list; see {@link GgufTensor#typeId()}. */
  UNKNOWN(-1, 1, 0);

  private static final List<GgmlType> ALL = List.of(values());
  private static final int SCALE_BYTES = 32;
  private static final int TL2_NEWER_ID = 42;

  private final int id;
  private final int blockElements;
  private final int blockBytes;

  GgmlType(int id, int blockElements, int blockBytes) {
    this.id = id;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** The id stored in the file; -1 for {@link #UNKNOWN}. */
  public int id() {
    return id;
  }

  /** Elements in a block. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes in a block; 0 for {@link #TL2} and {@link #UNKNOWN}, which have no fixed block. */
  public int blockBytes() {
    return blockBytes;
  }

  /**
   * Bytes that a tensor of this type takes, without padding.
   *
   * @param shape dimensions, innermost first, each at least 1
   * @throws IllegalArgumentException when the shape is empty or does not suit the type: the
   *     innermost dimension (the whole tensor for I2_S and TL1) is not a multiple of the block, or
   *     the size exceeds a signed 64-bit integer
   * @throws UnsupportedOperationException for {@link #UNKNOWN}
   */
  public long byteSize(List<Long> shape) {
    if (shape.isEmpty() || shape.stream().anyMatch(d -> d < 1)) {
      throw new IllegalArgumentException("shape " + shape + " is empty or has an empty dimension");
    }
    try {
      long elements = 1;
      for (long dimension : shape) {
        elements = Math.multiplyExact(elements, dimension);
      }
      return switch (this) {
        case I2_S, TL1 -> requireBlocks(elements, "element count") + SCALE_BYTES;
        case TL2 -> tl2Bytes(shape);
        case UNKNOWN -> throw new UnsupportedOperationException("an unknown type has no size");
        default -> {
          requireBlocks(shape.getFirst(), "innermost dimension");
          yield Math.multiplyExact(elements / blockElements, (long) blockBytes);
        }
      };
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("the size of shape " + shape + " exceeds 2^63 bytes", e);
    }
  }

  /** Bytes at the end of a tensor that mean nothing: BitNet types keep four for a scale of 32. */
  public int unspecifiedTailBytes() {
    return switch (this) {
      case I2_S, TL1, TL2 -> SCALE_BYTES - Float.BYTES;
      default -> 0;
    };
  }

  private long requireBlocks(long n, String what) {
    if (n % blockElements != 0) {
      throw new IllegalArgumentException(
          "%s %d is not a multiple of %d, the block of %s".formatted(what, n, blockElements, this));
    }
    return n / blockElements;
  }

  /** The size TL2 writers reserve: triples in 5 bits, and a 256-column tail of pairs in 4. */
  private static long tl2Bytes(List<Long> shape) {
    if (shape.size() != 2 || shape.getFirst() < 256) {
      throw new IllegalArgumentException(
          "TL2 needs two dimensions, the innermost at least 256, and has " + shape);
    }
    long k = shape.get(0);
    long m = shape.get(1);
    long triples = Math.multiplyExact(Math.multiplyExact(k - 256, m) / 3, 5L) / 8;
    long pairs = Math.multiplyExact(Math.multiplyExact(256L, m) / 2, 4L) / 8;
    return Math.addExact(Layouts.alignUp(Math.addExact(triples, pairs), 32), SCALE_BYTES);
  }

  /**
   * The type an id stands for, given the tensor it describes. Ids 39 and 42 mean different types in
   * different writers; the one whose size fills the space up to the next tensor is taken.
   *
   * @param space bytes from the tensor's offset to the next tensor's, or to the end of the file
   */
  static GgmlType resolve(int id, List<Long> shape, long space, long alignment) {
    if (id == TL2.id) {
      return TL2.fills(shape, space, alignment)
          ? TL2
          : MXFP4.fills(shape, space, alignment) ? MXFP4 : UNKNOWN;
    }
    if (id == TL2_NEWER_ID) {
      return TL2.fills(shape, space, alignment) ? TL2 : UNKNOWN;
    }
    for (GgmlType type : ALL) {
      if (type.id == id) {
        return type;
      }
    }
    return UNKNOWN;
  }

  private boolean fills(List<Long> shape, long space, long alignment) {
    try {
      return Layouts.alignUp(byteSize(shape), alignment) == Layouts.alignUp(space, alignment);
    } catch (IllegalArgumentException | ArithmeticException e) {
      return false;
    }
  }
}
