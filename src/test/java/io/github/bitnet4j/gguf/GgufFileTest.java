package io.github.bitnet4j.gguf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.testing.GgufFields;
import io.github.bitnet4j.testing.RandomModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {
  private static final Path MAPS = Path.of("/proc/self/maps");

  @TempDir Path folder;

  /** One u16 entry and two tensors, put together by hand from the format's description. */
  private static byte[] handmade(int version) {
    var out = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    out.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(version).putLong(2).putLong(1);
    text(out, "a.b").putInt(2).putShort((short) 40_000);
    text(out, "w").putInt(2).putLong(4).putLong(2).putInt(1).putLong(32);
    text(out, "v").putInt(1).putLong(3).putInt(0).putLong(0);
    out.position((out.position() + 31) / 32 * 32);
    out.putFloat(1).putFloat(2).putFloat(3);
    out.position((out.position() + 31) / 32 * 32);
    for (int i = 0; i < 8; i++) {
      out.putShort((short) i);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private static ByteBuffer text(ByteBuffer out, String text) {
    return out.putLong(text.length()).put(text.getBytes(StandardCharsets.UTF_8));
  }

  private static GgufFile open(byte[] bytes) throws GgufFormatException {
    return GgufFile.of(MemorySegment.ofArray(bytes), "test.gguf");
  }

  private static GgufFormatException refused(byte[] bytes) {
    return assertThrows(GgufFormatException.class, () -> open(bytes));
  }

  @Test
  void readsAHandmadeFileOfEitherVersion() throws Exception {
    for (int version : List.of(2, 3)) {
      GgufFile file = open(handmade(version));

      assertEquals(version, file.version());
      assertEquals(32, file.alignment());
      assertEquals(40_000, file.metadata().requireInt32("a.b"));
      assertEquals(List.of("w", "v"), file.tensors().stream().map(GgufTensor::name).toList());
    }
  }

  @Test
  void aTensorIsASliceOfExactlyItsBytes() throws Exception {
    byte[] bytes = handmade(3);
    GgufFile file = open(bytes);
    GgufTensor w = file.tensor("w").orElseThrow();

    assertEquals(GgmlType.F16, w.type());
    assertEquals(List.of(4L, 2L), w.shape());
    assertEquals(8, w.elementCount());
    assertEquals(16, w.byteSize());
    assertEquals(bytes.length - 16, w.offset());
    byte[] expected = {0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0};
    assertArrayEquals(expected, w.data().toArray(JAVA_BYTE));
  }

  @Test
  void tensorDataIsReadOnly() throws Exception {
    MemorySegment data = open(handmade(3)).tensor("v").orElseThrow().data();

    assertThrows(IllegalArgumentException.class, () -> data.set(JAVA_BYTE, 0, (byte) 1));
  }

  @Test
  void anUnknownNameIsEmpty() throws Exception {
    assertTrue(open(handmade(3)).tensor("x").isEmpty());
  }

  @Test
  void mapsAFileAndRefusesAccessAfterClosing() throws Exception {
    Path path = Files.write(folder.resolve("with spaces é.gguf"), handmade(3));
    GgufFile file = GgufFile.open(path);
    MemorySegment data = file.tensor("v").orElseThrow().data();
    assertTrue(data.isMapped());
    assertEquals(path.toString(), file.name());
    assertEquals(Files.size(path), file.byteSize());

    file.close();
    assertDoesNotThrow(file::close, "closing twice is harmless");
    assertThrows(IllegalStateException.class, () -> data.get(JAVA_BYTE, 0));
    assertThrows(IllegalStateException.class, () -> file.metadata().int32("a.b"));
  }

  @Test
  void opensAndClosesThousandsOfTimes() throws Exception {
    Path path = Files.write(folder.resolve("again.gguf"), handmade(3));
    for (int i = 0; i < 3000; i++) {
      try (GgufFile file = GgufFile.open(path)) {
        assertEquals(2, file.tensors().size());
        if (i == 0 && Files.exists(MAPS)) {
          assertEquals(1, mappings(path), "mappings while open");
        }
      }
    }
    assertEquals(0, mappings(path), "mappings left behind");
  }

  /** Mappings of a file in this process; 0 where the system has no /proc. */
  private static long mappings(Path path) throws IOException {
    if (!Files.exists(MAPS)) {
      return 0;
    }
    String name = path.toRealPath().toString();
    return Files.readAllLines(MAPS).stream().filter(line -> line.endsWith(name)).count();
  }

  @Test
  void aRefusedFileIsNotLeftMapped() throws Exception {
    byte[] bytes = handmade(3);
    Path path = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(bytes, bytes.length - 1));

    assertThrows(GgufFormatException.class, () -> GgufFile.open(path));

    assertEquals(0, mappings(path));
  }

  @Test
  void aMissingFileIsNamed() {
    Path path = folder.resolve("none.gguf");
    var e = assertThrows(NoSuchFileException.class, () -> GgufFile.open(path));
    assertEquals(path + ": no such file; check the path", e.getMessage());
  }

  @Test
  void aFolderIsRefused() {
    var e = assertThrows(FileSystemException.class, () -> GgufFile.open(folder));
    assertEquals(folder + ": is a folder, not a GGUF file; name the file in it", e.getMessage());
  }

  @Test
  void anEmptyFileIsRefused() throws Exception {
    Path path = Files.createFile(folder.resolve("empty.gguf"));
    var e = assertThrows(GgufFormatException.class, () -> GgufFile.open(path));
    assertEquals(path + ": magic at byte 0: the file is empty; fetch it again", e.getMessage());
  }

  @Test
  void aBigEndianFileIsToldApartFromAnUnknownVersion() {
    assertTrue(refused(handmade(Integer.reverseBytes(3))).getMessage().contains("big-endian"));
    assertTrue(refused(handmade(7)).getMessage().contains("is 7; only versions 2 and 3"));
    assertTrue(refused(handmade(1)).getMessage().contains("is 1; only versions 2 and 3"));
  }

  @Test
  void bytesAfterTheLastTensorAreIgnored() throws Exception {
    byte[] bytes = handmade(3);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 100);
    Arrays.fill(longer, bytes.length, longer.length, (byte) 0xa5);

    assertEquals(16, open(longer).tensor("w").orElseThrow().byteSize());
  }

  @Test
  void anUnknownTypeKeepsItsIdAndReachesToTheNextTensor() throws Exception {
    byte[] bytes = handmade(3);
    var types = GgufFields.of(bytes).of(GgufFields.Kind.TENSOR_TYPE);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(types.get(1).offset(), 777);

    GgufTensor tensor = open(bytes).tensor("v").orElseThrow();

    assertEquals(GgmlType.UNKNOWN, tensor.type());
    assertEquals(777, tensor.typeId());
    assertEquals("unknown(777)", tensor.typeName());
    assertEquals(32, tensor.byteSize());
  }

  @Test
  void aFileWithoutTensorsIsRead() throws Exception {
    GgufFile file = open(new GgufWriter().string("general.architecture", "none").toBytes());

    assertEquals(List.of(), file.tensors());
    assertEquals("none", file.metadata().requireString("general.architecture"));
  }

  @Test
  void overlappingTensorsAreBothNamed() {
    byte[] bytes = handmade(3);
    var offsets = GgufFields.of(bytes).of(GgufFields.Kind.OFFSET);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(offsets.get(0).offset(), 0);

    var e = refused(bytes);

    assertTrue(e.getMessage().contains("overlap"), e.getMessage());
    assertTrue(e.field().matches("tensor\\[. [vw]]\\.offset"), e.field());
    assertTrue(e.getMessage().matches(".*overlap tensor [vw] at 0.*"), e.getMessage());
  }

  @Test
  void moreEntriesOrTensorsThanTheLimitAreRefusedEvenWhenTheyFit() {
    byte[] bytes = Arrays.copyOf(handmade(3), 4 << 20);
    for (var kind : List.of(GgufFields.Kind.TENSOR_COUNT, GgufFields.Kind.ENTRY_COUNT)) {
      byte[] many = bytes.clone();
      var count = GgufFields.of(bytes).of(kind).getFirst();
      ByteBuffer.wrap(many).order(ByteOrder.LITTLE_ENDIAN).putLong(count.offset(), 65_537);

      var e = refused(many);

      assertEquals(count.path(), e.field());
      assertTrue(e.getMessage().contains("is 65537 but may be at most 65536"), e.getMessage());
    }
  }

  @Test
  void anOffsetInAGapThatIsNoMultipleOfTheAlignmentIsRefused() {
    byte[] bytes = handmade(3);
    var offset = GgufFields.of(bytes).of(GgufFields.Kind.OFFSET).get(1);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(offset.offset(), 4);

    var e = refused(bytes);

    assertEquals(offset.path(), e.field());
    assertTrue(e.getMessage().contains("is 4, not a multiple of the alignment 32"), e.getMessage());
  }

  @Test
  void anElementCountBeyond63BitsIsRefusedForAnUnknownTypeToo() {
    byte[] bytes = handmade(3);
    var fields = GgufFields.of(bytes);
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(fields.of(GgufFields.Kind.DIMENSION).get(0).offset(), 1L << 40);
    buffer.putLong(fields.of(GgufFields.Kind.DIMENSION).get(1).offset(), 1L << 40);
    buffer.putInt(fields.of(GgufFields.Kind.TENSOR_TYPE).get(0).offset(), 777);

    var e = refused(bytes);

    assertEquals("tensor[0 w].ne[1]", e.field());
  }

  @Test
  void controlCharactersOfTheFileNeverReachTheMessage() {
    byte[] bytes = handmade(3);
    var name = GgufFields.of(bytes).of(GgufFields.Kind.NAME).getFirst();
    bytes[name.offset()] = 0x1b;

    var e =
        assertThrows(
            GgufFormatException.class,
            () -> GgufFile.of(MemorySegment.ofArray(bytes), "two\nlines.gguf"));

    assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e.getMessage());
  }

  @Test
  void aReaderOfTensorsCanPointAtTheFieldItCannotUse() throws Exception {
    byte[] bytes = RandomModel.builder().toBytes();
    GgufFile file = open(bytes);
    GgufTensor tensor = file.tensor("blk.0.attn_k.weight").orElseThrow();

    for (String field : List.of("name", "n_dims", "ne[0]", "ne[1]", "type", "offset")) {
      var e = file.invalid(tensor, field, "is wrong");
      String path =
          "tensor[3" + (field.equals("name") ? "]" : " blk.0.attn_k.weight]") + "." + field;
      var expected =
          GgufFields.of(bytes).fields().stream().filter(f -> f.path().equals(path)).findFirst();
      assertEquals(expected.orElseThrow().offset(), e.offset(), field);
    }
    var missing = file.missingTensor("output_norm.weight");
    assertEquals(-1, missing.offset());
    assertFalse(missing.getMessage().contains("at byte"), missing.getMessage());
  }
}
