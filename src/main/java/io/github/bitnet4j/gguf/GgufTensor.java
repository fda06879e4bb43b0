package io.github.bitnet4j.gguf;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of an open file. Immutable and safe to share between threads; {@link #data} is readable
 * until the file is closed.
 *
 * @param name unique name, such as {@code blk.0.attn_q.weight}
 * @param type storage type; {@link GgmlType#UNKNOWN} for an id this version does not know
 * @param typeId the type's id as the file has it
 * @param shape 1 to 4 dimensions, innermost first: a matrix of R rows and C columns is [C, R]
 * @param data read-only slice of exactly the tensor's bytes; for an unknown type, everything up to
 *     the next tensor or the end of the file
 * @param part index into {@link GgufFile#parts()}
 * @param offset byte offset of the data within its part
 * @param infoOffset byte offset, within its part, of the entry that describes the tensor
 */
public record GgufTensor(
    String name,
    GgmlType type,
    int typeId,
    List<Long> shape,
    MemorySegment data,
    int part,
    long offset,
    long infoOffset) {

  public GgufTensor {
    shape = List.copyOf(shape);
  }

  /** Size of dimension {@code i}, innermost first; 1 beyond the last dimension. */
  public long dimension(int i) {
    return i < shape.size() ? shape.get(i) : 1;
  }

  /** Number of elements: the product of the dimensions. */
  public long elementCount() {
    return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }

  /** Number of bytes of {@link #data}. */
  public long byteSize() {
    return data.byteSize();
  }

  /** The type's name, or {@code unknown(77)} for an id this version does not know. */
  public String typeName() {
    return type == GgmlType.UNKNOWN ? "unknown(" + typeId + ")" : type.name();
  }
}
