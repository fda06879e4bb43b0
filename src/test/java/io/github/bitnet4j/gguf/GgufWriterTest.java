package io.github.bitnet4j.gguf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.bitnet4j.testing.RandomModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {
  @TempDir Path folder;

  private static GgufFile open(byte[] bytes) throws GgufFormatException {
    return GgufFile.of(MemorySegment.ofArray(bytes), "test.gguf");
  }

  private static byte[] rewritten(byte[] bytes) throws GgufFormatException {
    GgufFile file = open(bytes);
    var writer = new GgufWriter().metadata(file.metadata());
    file.tensors().forEach(writer::tensor);
    return writer.toBytes();
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void aModelReadAndWrittenAgainIsTheSameBytes() throws Exception {
    byte[] model = RandomModel.builder().head(GgmlType.BF16).ropeFreqs(true).toBytes();

    assertArrayEquals(model, rewritten(model));
  }

  /**
   * The header of a tiny random model by a writer that is independent of this project, in Python.
   * Its tensor data, 619 kB of random bits, is left out of the repository and zero here.
   */
  @Test
  void aFileOfAnIndependentWriterReadAndWrittenAgainIsTheSameBytes() throws Exception {
    byte[] header;
    try (var in =
        new GZIPInputStream(
            GgufWriterTest.class.getResourceAsStream("independent-writer-header.gz"))) {
      header = in.readAllBytes();
    }
    byte[] bytes = Arrays.copyOf(header, 633_568);

    GgufFile file = open(bytes);

    assertEquals("bitnet-b1.58", file.metadata().requireString("general.architecture"));
    assertEquals(
        1e-5f, file.metadata().requireFloat32("bitnet-b1.58.attention.layer_norm_rms_epsilon"));
    assertEquals(512, file.metadata().strings("tokenizer.ggml.tokens").orElseThrow().size());
    assertEquals(24, file.tensors().size());
    GgufTensor down = file.tensor("blk.1.ffn_down.weight").orElseThrow();
    assertEquals(GgmlType.I2_S, down.type());
    assertEquals(List.of(640L, 256L), down.shape());
    assertArrayEquals(bytes, rewritten(bytes));
  }

  @Test
  void valuesOfEveryTypeComeBackAsWritten() throws Exception {
    var writer = new GgufWriter();
    for (GgufValueType type : GgufValueType.values()) {
      switch (type) {
        case ARRAY -> {}
        case STRING -> writer.value("v.STRING", type, "text").array("a.STRING", type, List.of("t"));
        case BOOL -> writer.value("v.BOOL", type, true).array("a.BOOL", type, List.of(false, true));
        case F32 -> writer.value("v.F32", type, 1.5f).array("a.F32", type, List.of(-2.5f));
        case F64 -> writer.value("v.F64", type, 1.5).array("a.F64", type, List.of(-2.5, 0.1));
        default -> writer.value("v." + type, type, 7L).array("a." + type, type, List.of(8L, 9L));
      }
    }

    GgufMetadata m = open(writer.toBytes()).metadata();

    assertEquals(24, m.entries().size());
    for (var entry : m.entries()) {
      boolean array = entry.key().startsWith("a.");
      GgufValueType type = entry.elementType().orElse(entry.type());
      assertEquals(array, entry.type() == GgufValueType.ARRAY);
      assertEquals(entry.key().substring(2), type.name());
      List<?> expected =
          switch (type) {
            case STRING -> array ? List.of("t") : List.of("text");
            case BOOL -> array ? List.of(false, true) : List.of(true);
            case F32 -> array ? List.of(-2.5f) : List.of(1.5f);
            case F64 -> array ? List.of(-2.5, 0.1) : List.of(1.5);
            default -> array ? List.of(8L, 9L) : List.of(7L);
          };
      assertEquals(expected, m.values(entry, 10), entry.key());
    }
  }

  @Test
  void tensorsStartAtMultiplesOfTheAlignment() throws Exception {
    byte[] bytes =
        new GgufWriter()
            .u32("general.alignment", 256)
            .tensor("a", GgmlType.I8, List.of(3L), MemorySegment.ofArray(new byte[] {1, 2, 3}))
            .tensor("b", GgmlType.I8, List.of(1L), MemorySegment.ofArray(new byte[] {4}))
            .toBytes();

    GgufFile file = open(bytes);

    assertEquals(256, file.alignment());
    assertEquals(256, file.tensors().get(0).offset());
    assertEquals(512, file.tensors().get(1).offset());
    assertEquals(768, bytes.length);
  }

  @Test
  void tensorDataCanBeStreamed() throws Exception {
    Path path = folder.resolve("streamed.gguf");
    new GgufWriter()
        .tensor(
            "t",
            GgmlType.I32,
            List.of(1000L, 3L),
            out -> {
              for (int i = 0; i < 3000; i++) {
                out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(i).flip());
              }
            })
        .write(path);

    try (GgufFile file = GgufFile.open(path)) {
      MemorySegment data = file.tensor("t").orElseThrow().data();
      for (int i = 0; i < 3000; i++) {
        assertEquals(i, data.get(Layouts.INT32, 4L * i));
      }
    }
    assertEquals(List.of(path), files());
  }

  @Test
  void tensorsLongerThanOneWriteArriveWhole() throws Exception {
    var data = new byte[(1 << 20) * 2 + 12_345];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31 >> 3);
    }
    Path path = folder.resolve("long.gguf");
    new GgufWriter()
        .tensor("t", GgmlType.I8, List.of((long) data.length), MemorySegment.ofArray(data))
        .write(path);

    try (GgufFile file = GgufFile.open(path)) {
      assertArrayEquals(data, file.tensor("t").orElseThrow().data().toArray(JAVA_BYTE));
    }
  }

  @Test
  void aSourceThatWritesTooLittleLeavesTheOldFileInPlace() throws Exception {
    Path path = folder.resolve("model.gguf");
    Files.writeString(path, "old");
    var writer =
        new GgufWriter()
            .tensor("t", GgmlType.I8, List.of(2L), out -> out.write(ByteBuffer.wrap(new byte[1])));

    var e = assertThrows(IOException.class, () -> writer.write(path));

    assertEquals("t: its source wrote 1 bytes but the tensor takes 2", e.getMessage());
    assertEquals("old", Files.readString(path));
    assertEquals(List.of(path), files());
  }

  @Test
  void anExistingFileIsReplaced() throws Exception {
    Path path = folder.resolve("model.gguf");
    Files.writeString(path, "old");

    new GgufWriter().string("k", "new").write(path);

    try (GgufFile file = GgufFile.open(path)) {
      assertEquals("new", file.metadata().requireString("k"));
    }
  }

  @Test
  void aMissingFolderIsAnError() {
    Path path = folder.resolve("none").resolve("model.gguf");
    assertThrows(NoSuchFileException.class, () -> new GgufWriter().write(path));
  }

  @Test
  void mistakesOfTheCallerAreRefused() {
    var writer = new GgufWriter().string("key", "x");
    MemorySegment four = MemorySegment.ofArray(new byte[4]);
    writer.tensor("t", GgmlType.F32, List.of(1L), four);

    assertThrows(IllegalArgumentException.class, () -> writer.string("key", "again"));
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.tensor("t", GgmlType.F32, List.of(1L), four),
        "a name twice");
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.tensor("short", GgmlType.F32, List.of(2L), four),
        "too few bytes");
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.tensor("none", GgmlType.F32, List.of(), four),
        "no dimensions");
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.tensor("x".repeat(256), GgmlType.F32, List.of(1L), four),
        "a long name");
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.u32("general.alignment", 33),
        "an alignment that is no power of two");
  }
}
