package io.github.bitnet4j.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GgmlTypeTest {
  @Test
  void i2sTakesAQuarterByteAWeightAndAScale() {
    assertEquals(1_638_432, GgmlType.I2_S.byteSize(List.of(2560L, 2560L)));
    assertEquals(409_632, GgmlType.I2_S.byteSize(List.of(2560L, 640L)));
    assertEquals(4_423_712, GgmlType.I2_S.byteSize(List.of(2560L, 6912L)));
    assertEquals(4_423_712, GgmlType.I2_S.byteSize(List.of(6912L, 2560L)));
  }

  @Test
  void blockTypesTakeWholeBlocks() {
    List<Long> shape = List.of(512L, 3L);
    assertEquals(6144, GgmlType.F32.byteSize(shape));
    assertEquals(3072, GgmlType.F16.byteSize(shape));
    assertEquals(3072, GgmlType.BF16.byteSize(shape));
    assertEquals(864, GgmlType.Q4_0.byteSize(shape));
    assertEquals(1632, GgmlType.Q8_0.byteSize(shape));
    assertEquals(1260, GgmlType.Q6_K.byteSize(shape));
    assertEquals(324, GgmlType.TQ1_0.byteSize(shape));
    assertEquals(396, GgmlType.TQ2_0.byteSize(shape));
    assertEquals(816, GgmlType.MXFP4.byteSize(shape));
  }

  @Test
  void lookupTableTypesTakeWhatTheirWritersReserve() {
    assertEquals(2_560_032, GgmlType.TL1.byteSize(List.of(3200L, 3200L)));
    // ((3200 - 256) * 3200 / 3) * 5 / 8 + (256 * 3200 / 2) * 4 / 8, rounded up to 32, and a scale
    assertEquals(2_167_520, GgmlType.TL2.byteSize(List.of(3200L, 3200L)));
  }

  @Test
  void aRowThatIsNoWholeNumberOfBlocksIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> GgmlType.Q4_0.byteSize(List.of(33L)));
    assertThrows(IllegalArgumentException.class, () -> GgmlType.TQ2_0.byteSize(List.of(128L, 2L)));
    assertThrows(IllegalArgumentException.class, () -> GgmlType.I2_S.byteSize(List.of(5L, 5L)));
  }

  @Test
  void aShapeWithoutElementsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> GgmlType.F32.byteSize(List.of()));
    assertThrows(IllegalArgumentException.class, () -> GgmlType.F32.byteSize(List.of(2L, 0L)));
  }

  @Test
  void aSizeBeyond63BitsIsRefused() {
    List<Long> huge = List.of(1L << 62);
    assertThrows(IllegalArgumentException.class, () -> GgmlType.F32.byteSize(huge));
  }

  @Test
  void onlyTheSharedIdIsUsedTwice() {
    var shared =
        Arrays.stream(GgmlType.values())
            .collect(Collectors.groupingBy(GgmlType::id, Collectors.counting()))
            .entrySet()
            .stream()
            .filter(entry -> entry.getValue() > 1)
            .map(Map.Entry::getKey)
            .toList();
    assertEquals(List.of(39), shared);
  }

  @Test
  void theSharedIdIsDecidedBySize() {
    List<Long> shape = List.of(3200L, 320L);
    long mxfp4 = GgmlType.MXFP4.byteSize(shape);
    long tl2 = GgmlType.TL2.byteSize(shape);

    assertEquals(GgmlType.MXFP4, GgmlType.resolve(39, shape, mxfp4, 32));
    assertEquals(GgmlType.TL2, GgmlType.resolve(39, shape, tl2, 32));
    assertEquals(GgmlType.TL2, GgmlType.resolve(42, shape, tl2, 32));
    assertEquals(GgmlType.UNKNOWN, GgmlType.resolve(39, shape, tl2 + 64, 32));
    assertEquals(GgmlType.UNKNOWN, GgmlType.resolve(42, shape, mxfp4, 32));
  }

  @Test
  void everyOtherTypeIsFoundByItsId() {
    for (GgmlType type : GgmlType.values()) {
      if (type.id() >= 0 && type.id() != 39) {
        assertEquals(type, GgmlType.resolve(type.id(), List.of(256L), 1 << 20, 32));
      }
    }
  }
}
