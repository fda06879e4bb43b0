package io.github.bitnet4j.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where each header field of a valid GGUF file lies. Walks the bytes on its own, without the reader
 * that it is used to test, and trusts them.
 *
 * @param fields all fields in file order; of an array of strings, the first, middle and last length
 * @param metadataStart byte offset of the first metadata entry
 * @param tensorsStart byte offset of the first tensor entry
 * @param headerEnd byte offset just after the last tensor entry
 * @param dataStart byte offset of the data section
 */
public record GgufFields(
    List<Field> fields, int metadataStart, int tensorsStart, int headerEnd, int dataStart) {
  /** What a field means. */
  public enum Kind {
    MAGIC,
    VERSION,
    TENSOR_COUNT,
    ENTRY_COUNT,
    KEY_LENGTH,
    KEY,
    VALUE_TYPE,
    ELEMENT_TYPE,
    ELEMENT_COUNT,
    STRING_LENGTH,
    BOOL,
    ALIGNMENT,
    SCALAR,
    NAME_LENGTH,
    NAME,
    DIMENSION_COUNT,
    DIMENSION,
    TENSOR_TYPE,
    OFFSET
  }

  /**
   * One field.
   *
   * @param kind what it means
   * @param path its path, as exceptions name it
   * @param offset byte offset
   * @param width bytes
   */
  public record Field(Kind kind, String path, int offset, int width) {}

  private static final int BOOL_ID = 7;
  private static final int STRING_ID = 8;
  private static final int ARRAY_ID = 9;
  private static final int[] WIDTHS = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

  /** Walks a valid file. */
  public static GgufFields of(byte[] valid) {
    return new Walk(valid).walk();
  }

  /** The fields of one kind, in file order. */
  public List<Field> of(Kind kind) {
    return fields.stream().filter(field -> field.kind() == kind).toList();
  }

  private static final class Walk {
    private final ByteBuffer in;
    private final List<Field> fields = new ArrayList<>();
    private int alignment = 32;

    Walk(byte[] valid) {
      in = ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN);
    }

    GgufFields walk() {
      u32(Kind.MAGIC, "magic");
      u32(Kind.VERSION, "version");
      int tensors = u64(Kind.TENSOR_COUNT, "n_tensors");
      int entries = u64(Kind.ENTRY_COUNT, "n_kv");
      int metadataStart = in.position();
      for (int i = 0; i < entries; i++) {
        entry(i);
      }
      int tensorsStart = in.position();
      for (int i = 0; i < tensors; i++) {
        tensor(i);
      }
      int headerEnd = in.position();
      int dataStart = (headerEnd + alignment - 1) / alignment * alignment;
      return new GgufFields(List.copyOf(fields), metadataStart, tensorsStart, headerEnd, dataStart);
    }

    private void entry(int i) {
      int length = u64(Kind.KEY_LENGTH, "kv[" + i + "].key.length");
      String key = text(Kind.KEY, "kv[" + i + "].key", length);
      String path = "kv[" + i + " " + key + "].";
      int type = u32(Kind.VALUE_TYPE, path + "type");
      if (type == ARRAY_ID) {
        array(path);
      } else if (type == STRING_ID) {
        string(path + "value.length", true);
      } else if (key.equals("general.alignment")) {
        alignment = u32(Kind.ALIGNMENT, path + "value");
      } else {
        skip(type == BOOL_ID ? Kind.BOOL : Kind.SCALAR, path + "value", WIDTHS[type]);
      }
    }

    private void string(String path, boolean keep) {
      int at = in.position();
      if (keep) {
        fields.add(new Field(Kind.STRING_LENGTH, path, at, 8));
      }
      in.position(at + 8 + (int) in.getLong(at));
    }

    private void array(String path) {
      int type = u32(Kind.ELEMENT_TYPE, path + "value.type");
      int count = u64(Kind.ELEMENT_COUNT, path + "value.count");
      for (int i = 0; i < count; i++) {
        boolean keep = i == 0 || i == count / 2 || i == count - 1;
        String element = path + "value[" + i + "]";
        if (type == STRING_ID) {
          string(element + ".length", keep);
        } else if (keep) {
          skip(type == BOOL_ID ? Kind.BOOL : Kind.SCALAR, element, WIDTHS[type]);
        } else {
          in.position(in.position() + WIDTHS[type]);
        }
      }
    }

    private void tensor(int i) {
      int length = u64(Kind.NAME_LENGTH, "tensor[" + i + "].name.length");
      String name = text(Kind.NAME, "tensor[" + i + "].name", length);
      String path = "tensor[" + i + " " + name + "].";
      int dimensions = u32(Kind.DIMENSION_COUNT, path + "n_dims");
      for (int d = 0; d < dimensions; d++) {
        u64(Kind.DIMENSION, path + "ne[" + d + "]");
      }
      u32(Kind.TENSOR_TYPE, path + "type");
      u64(Kind.OFFSET, path + "offset");
    }

    private int u32(Kind kind, String path) {
      skip(kind, path, 4);
      return in.getInt(in.position() - 4);
    }

    private int u64(Kind kind, String path) {
      skip(kind, path, 8);
      return Math.toIntExact(in.getLong(in.position() - 8));
    }

    private String text(Kind kind, String path, int length) {
      skip(kind, path, length);
      return new String(in.array(), in.position() - length, length, StandardCharsets.UTF_8);
    }

    private void skip(Kind kind, String path, int width) {
      fields.add(new Field(kind, path, in.position(), width));
      in.position(in.position() + width);
    }
  }
}
