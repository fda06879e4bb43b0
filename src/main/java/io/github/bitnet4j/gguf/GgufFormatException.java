package io.github.bitnet4j.gguf;

import java.io.IOException;
import java.util.Objects;

/**
 * A GGUF file that breaks the format, or holds a value its reader cannot use.
 *
 * <p>The message is one line: file, field, byte offset, what is wrong and what to do.
 */
public final class GgufFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String field;
  private final long offset;

  private GgufFormatException(String file, String field, long offset, String problem) {
    super(
        Text.printable(
            file + ": " + field + (offset < 0 ? "" : " at byte " + offset) + ": " + problem));
    this.file = file;
    this.field = field;
    this.offset = offset;
  }

  /**
   * Creates the exception for a wrong field.
   *
   * @param file name of the file (of the part, for a split file)
   * @param field path of the field, such as {@code kv[3].key.length} or {@code tensor[12
   *     blk.0.attn_q.weight].ne[1]}
   * @param offset byte offset of the field in the file; -1 where the field is absent
   * @param problem what is wrong and what to do; control characters are replaced
   */
  public static GgufFormatException of(String file, String field, long offset, String problem) {
    return new GgufFormatException(
        Objects.requireNonNull(file),
        Text.printable(Objects.requireNonNull(field)),
        Math.max(-1, offset),
        Objects.requireNonNull(problem));
  }

  /** Name of the file, or of the part of a split file. */
  public String file() {
    return file;
  }

  /** Path of the wrong field, such as {@code tensor[12 blk.0.attn_q.weight].ne[1]}. */
  public String field() {
    return field;
  }

  /** Byte offset of the field in {@link #file()}, or -1 where there is none (a missing key). */
  public long offset() {
    return offset;
  }
}
