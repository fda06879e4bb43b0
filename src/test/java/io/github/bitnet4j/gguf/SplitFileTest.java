package io.github.bitnet4j.gguf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitFileTest {
  @TempDir Path folder;

  @BeforeEach
  void writeThreeParts() throws IOException {
    write(0, 0, 3, 5, "a", "b");
    write(1, 1, 3, 5, "c");
    write(2, 2, 3, 5, "d", "e");
  }

  /** Writes the part whose name says {@code index}; each tensor holds its own name. */
  private void write(int index, int number, int count, int tensors, String... names)
      throws IOException {
    var writer =
        new GgufWriter()
            .value("split.no", GgufValueType.U16, number)
            .value("split.count", GgufValueType.U16, count)
            .value("split.tensors.count", GgufValueType.I32, tensors)
            .string("part.name", "part " + index);
    for (String name : names) {
      byte[] data = {(byte) name.charAt(0)};
      writer.tensor(name, GgmlType.I8, List.of(1L), MemorySegment.ofArray(data));
    }
    writer.write(part(index));
  }

  private Path part(int index) {
    return folder.resolve("model-%05d-of-00003.gguf".formatted(index + 1));
  }

  private GgufFormatException refused() {
    return assertThrows(GgufFormatException.class, () -> GgufFile.open(part(0)));
  }

  @Test
  void anyPartOpensTheWhole() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (GgufFile file = GgufFile.open(part(i))) {
        assertEquals(
            List.of("a", "b", "c", "d", "e"),
            file.tensors().stream().map(GgufTensor::name).toList());
        assertEquals(
            List.of(0, 0, 1, 2, 2), file.tensors().stream().map(GgufTensor::part).toList());
        for (GgufTensor tensor : file.tensors()) {
          assertEquals(tensor.name().charAt(0), tensor.data().get(JAVA_BYTE, 0));
        }
        assertEquals("part 0", file.metadata().requireString("part.name"));
        assertEquals(3, file.parts().size());
        assertEquals(part(2).toString(), file.parts().get(2).name());
      }
    }
  }

  @Test
  void aTensorOfALaterPartIsBlamedOnThatPart() throws Exception {
    try (GgufFile file = GgufFile.open(part(0))) {
      var e = file.invalid(file.tensor("e").orElseThrow(), "type", "is wrong");

      assertEquals(part(2).toString(), e.file());
      assertEquals("tensor[1 e].type", e.field());
    }
  }

  @Test
  void aMissingPartIsNamed() throws Exception {
    Files.delete(part(1));

    var e = assertThrows(NoSuchFileException.class, () -> GgufFile.open(part(2)));

    assertEquals(
        part(1) + ": part 2 of 3 is missing; put all parts of the split file in one folder",
        e.getMessage());
  }

  @Test
  void aPartOfAnotherCountIsRefused() throws Exception {
    write(1, 1, 4, 5, "c");
    var e = refused();
    assertEquals(part(1).toString(), e.file());
    assertEquals("kv[1 split.count].value", e.field());
  }

  @Test
  void aPartUnderAnotherPartsNameIsRefused() throws Exception {
    write(1, 2, 3, 5, "c");
    assertEquals("kv[0 split.no].value", refused().field());
  }

  @Test
  void aPartThatIsNotSplitIsRefused() throws Exception {
    new GgufWriter().string("x", "y").write(part(1));
    assertEquals("split.count", refused().field());
  }

  @Test
  void aWrongTotalOfTensorsIsRefused() throws Exception {
    write(0, 0, 3, 6, "a", "b");
    assertEquals("kv[2 split.tensors.count].value", refused().field());
  }

  @Test
  void aTensorInTwoPartsIsRefused() throws Exception {
    write(1, 1, 3, 5, "a");
    var e = refused();
    assertEquals(part(1).toString(), e.file());
    assertEquals("tensor[0 a].name", e.field());
  }

  @Test
  void aDamagedLaterPartIsNamed() throws Exception {
    byte[] bytes = Files.readAllBytes(part(2));
    Files.write(part(2), Arrays.copyOf(bytes, 50));
    assertEquals(part(2).toString(), refused().file());
  }

  @Test
  void aRenamedPartSaysWhatItsNameMustBe() throws Exception {
    Path renamed = Files.move(part(1), folder.resolve("model.gguf"));
    var e = assertThrows(GgufFormatException.class, () -> GgufFile.open(renamed));
    assertTrue(e.getMessage().contains("must end in -00002-of-00003.gguf"), e.getMessage());
  }

  @Test
  void anImpossibleNumberOrCountIsRefused() throws Exception {
    write(0, 3, 3, 5, "a", "b");
    assertEquals("kv[0 split.no].value", refused().field());
    write(0, 0, 60_000, 5, "a", "b");
    assertEquals("kv[1 split.count].value", refused().field());
  }

  @Test
  void aPartInMemoryIsRefused() throws Exception {
    MemorySegment bytes = MemorySegment.ofArray(Files.readAllBytes(part(0)));
    assertThrows(GgufFormatException.class, () -> GgufFile.of(bytes, "part"));
  }
}
