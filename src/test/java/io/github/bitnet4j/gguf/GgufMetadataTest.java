package io.github.bitnet4j.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.testing.GgufFields;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GgufMetadataTest {
  private static GgufMetadata metadata(GgufWriter writer) throws GgufFormatException {
    return GgufFile.of(MemorySegment.ofArray(writer.toBytes()), "test.gguf").metadata();
  }

  @Test
  void integersOfEveryTypeConvertExactly() throws Exception {
    GgufMetadata m =
        metadata(
            new GgufWriter()
                .value("u8", GgufValueType.U8, 255)
                .value("i8", GgufValueType.I8, -128)
                .value("u16", GgufValueType.U16, 65_535)
                .value("i16", GgufValueType.I16, -32_768)
                .value("u32", GgufValueType.U32, 4_294_967_295L)
                .value("i32", GgufValueType.I32, Integer.MIN_VALUE)
                .value("u64", GgufValueType.U64, Long.MAX_VALUE)
                .value("i64", GgufValueType.I64, Long.MIN_VALUE));

    assertEquals(255, m.requireInt32("u8"));
    assertEquals(-128, m.requireInt32("i8"));
    assertEquals(65_535, m.requireInt32("u16"));
    assertEquals(-32_768, m.requireInt32("i16"));
    assertEquals(4_294_967_295L, m.requireInt64("u32"));
    assertEquals(Integer.MIN_VALUE, m.requireInt32("i32"));
    assertEquals(Long.MAX_VALUE, m.requireInt64("u64"));
    assertEquals(Long.MIN_VALUE, m.requireInt64("i64"));
  }

  @Test
  void anIntegerThatDoesNotFitIsRefusedAtItsOffset() throws Exception {
    GgufMetadata m = metadata(new GgufWriter().u32("a", 1).u32("big", 1L << 31));

    var e = assertThrows(GgufFormatException.class, () -> m.requireInt32("big"));

    assertEquals("kv[1 big].value", e.field());
    assertEquals(m.offsetOf("big"), e.offset());
    assertTrue(e.getMessage().contains("holds 2147483648"), e.getMessage());
  }

  @Test
  void anUnsignedValueAboveTheSignedRangeIsRefusedAndNotMadeNegative() throws Exception {
    GgufMetadata m = metadata(new GgufWriter().value("u", GgufValueType.U64, -1L));

    var e = assertThrows(GgufFormatException.class, () -> m.requireInt64("u"));

    assertTrue(e.getMessage().contains("holds 18446744073709551615"), e.getMessage());
  }

  @Test
  void floatsOfBothWidthsAndBoolsAreRead() throws Exception {
    GgufMetadata m =
        metadata(
            new GgufWriter()
                .f32("f32", 1e-5f)
                .value("f64", GgufValueType.F64, 0.1)
                .bool("yes", true)
                .bool("no", false));

    assertEquals(1e-5f, m.requireFloat32("f32"));
    assertEquals(0.1, m.float64("f64").orElseThrow());
    assertEquals(0.1f, m.requireFloat32("f64"));
    assertEquals(Optional.of(true), m.bool("yes"));
    assertEquals(Optional.of(false), m.bool("no"));
  }

  @Test
  void arraysOfEveryKindAreRead() throws Exception {
    GgufMetadata m =
        metadata(
            new GgufWriter()
                .strings("s", List.of("", "äöü", "x".repeat(1000), "end"))
                .ints("i", 1, -2, Integer.MAX_VALUE)
                .array("u16", GgufValueType.U16, List.of(1, 65_535))
                .array("u64", GgufValueType.U64, List.of(1L << 40))
                .floats("f", 0.5f, Float.NEGATIVE_INFINITY)
                .array("b", GgufValueType.BOOL, List.of(true, false)));

    assertEquals(List.of("", "äöü", "x".repeat(1000), "end"), m.strings("s").orElseThrow());
    assertArrayEquals(new int[] {1, -2, Integer.MAX_VALUE}, m.ints("i").orElseThrow());
    assertArrayEquals(new int[] {1, 65_535}, m.ints("u16").orElseThrow());
    assertArrayEquals(new long[] {1L << 40}, m.longs("u64").orElseThrow());
    assertThrows(GgufFormatException.class, () -> m.ints("u64"));
    float[] floats = {0.5f, Float.NEGATIVE_INFINITY};
    assertArrayEquals(floats, m.floats("f").orElseThrow());
    assertEquals(List.of(true, false), m.values(m.entry("b").orElseThrow(), 9));
  }

  @Test
  void stringsThatAreNotUtf8KeepTheirBytes() throws Exception {
    byte[] half = {'a', (byte) 0xe2, (byte) 0x82};
    GgufMetadata m =
        metadata(
            new GgufWriter()
                .value("s", GgufValueType.STRING, half)
                .array("a", GgufValueType.STRING, List.of("ok", half)));

    assertEquals("a\ufffd", m.requireString("s"));
    assertArrayEquals(half, m.rawString("s").orElseThrow());
    assertEquals(List.of("ok", "a\ufffd"), m.strings("a").orElseThrow());
    assertArrayEquals(half, m.rawStrings("a").orElseThrow()[1]);
  }

  @Test
  void anAbsentKeyIsEmptyAndARequiredOneIsNamed() throws Exception {
    GgufMetadata m = metadata(new GgufWriter().u32("a", 1));

    assertTrue(m.string("none").isEmpty());
    assertTrue(m.int32("none").isEmpty());
    assertTrue(m.float32("none").isEmpty());
    assertTrue(m.bool("none").isEmpty());
    assertTrue(m.strings("none").isEmpty());
    assertTrue(m.ints("none").isEmpty());
    assertEquals(-1, m.offsetOf("none"));
    var e = assertThrows(GgufFormatException.class, () -> m.requireInt32("none"));
    assertEquals(
        "test.gguf: none: this key is required and missing; convert the model again",
        e.getMessage());
    assertEquals(-1, e.offset());
  }

  @Test
  void aValueOfAnotherTypeIsRefusedByEveryAccessor() throws Exception {
    GgufMetadata m =
        metadata(new GgufWriter().string("s", "x").u32("u", 1).strings("a", List.of("x")));

    assertThrows(GgufFormatException.class, () -> m.int32("s"));
    assertThrows(GgufFormatException.class, () -> m.float32("u"));
    assertThrows(GgufFormatException.class, () -> m.bool("u"));
    assertThrows(GgufFormatException.class, () -> m.string("a"));
    assertThrows(GgufFormatException.class, () -> m.strings("s"));
    assertThrows(GgufFormatException.class, () -> m.ints("a"));
    var e = assertThrows(GgufFormatException.class, () -> m.floats("a"));
    assertTrue(e.getMessage().contains("is an array of STRING but must be"), e.getMessage());
  }

  @Test
  void entriesKeepTheOrderAndOffsetsOfTheFile() throws Exception {
    var writer = new GgufWriter().u32("z", 1).string("a", "two").strings("m", List.of("x", "y"));
    GgufMetadata m = metadata(writer);

    assertEquals(
        List.of("z", "a", "m"), m.entries().stream().map(GgufMetadata.Entry::key).toList());
    var fields = GgufFields.of(writer.toBytes());
    assertEquals(fields.of(GgufFields.Kind.STRING_LENGTH).getFirst().offset(), m.offsetOf("a"));
    assertEquals(fields.of(GgufFields.Kind.ELEMENT_TYPE).getFirst().offset(), m.offsetOf("m"));
    GgufMetadata.Entry array = m.entry("m").orElseThrow();
    assertEquals(2, array.count());
    assertEquals(Optional.of(GgufValueType.STRING), array.elementType());
    assertEquals(List.of("x"), m.values(array, 1));
  }

  @Test
  void aReaderOfValuesCanPointAtTheOneItCannotUse() throws Exception {
    GgufMetadata m = metadata(new GgufWriter().u32("a", 1).u32("model.block_count", 0));

    var e = m.invalid("model.block_count", "is 0 but must be at least 1");

    assertEquals("kv[1 model.block_count].value", e.field());
    assertEquals(m.offsetOf("model.block_count"), e.offset());
  }

  @Test
  void theWriterRefusesValuesThatDoNotFit() {
    var writer = new GgufWriter();
    assertThrows(IllegalArgumentException.class, () -> writer.u32("k", -1));
    assertThrows(IllegalArgumentException.class, () -> writer.u32("k", 1L << 32));
    assertThrows(IllegalArgumentException.class, () -> writer.value("k", GgufValueType.I8, 128));
    assertThrows(IllegalArgumentException.class, () -> writer.value("k", GgufValueType.I8, 1.5));
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.value("k", GgufValueType.U64, BigInteger.TWO.pow(64)));
    assertThrows(IllegalArgumentException.class, () -> writer.value("k", GgufValueType.BOOL, 1));
    assertThrows(IllegalArgumentException.class, () -> writer.string("kéy", "non-ASCII key"));
    assertThrows(IllegalArgumentException.class, () -> writer.string("", "empty key"));
  }
}
