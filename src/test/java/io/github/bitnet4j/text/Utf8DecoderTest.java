package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8DecoderTest {
  @Test
  void holdsACharacterBackUntilItsLastByte() {
    var decoder = new Utf8Decoder();
    assertEquals("a", decoder.accept(bytes("61 f0")));
    assertEquals("", decoder.accept(bytes("9f 98")));
    assertTrue(decoder.isHolding());
    assertEquals("😀b", decoder.accept(bytes("80 62")));
    assertFalse(decoder.isHolding());
    assertEquals("", decoder.finish());
  }

  @Test
  void doesNotHoldBackBytesThatCanBelongToNoCharacter() {
    var decoder = new Utf8Decoder();
    assertEquals("\uFFFD", decoder.accept(bytes("ff")));
    assertEquals("\uFFFD\uFFFD", decoder.accept(bytes("e0 80")));
    assertFalse(decoder.isHolding());
  }

  @Test
  void startsAfreshAfterFinish() {
    var decoder = new Utf8Decoder();
    decoder.accept(bytes("e2 82"));
    assertEquals("\uFFFD", decoder.finish());
    assertEquals("é", decoder.accept(bytes("c3 a9")));
  }

  /** Cases of the Unicode standard's table of maximal subparts, section 3.9. */
  @ParameterizedTest
  @CsvSource({
    "c0 af e0 80 bf f0 81 82 41, 8",
    "f4 91 92 93 ff 41 80 bf 42, 7",
    "e1 80 e2 f0 91 92 f1 bf 41, 4"
  })
  void replacesEachMaximalSubpartOnce(String hex, int replacements) {
    var decoder = new Utf8Decoder();
    var text = decoder.accept(bytes(hex)) + decoder.finish();
    assertEquals(replacements, text.chars().filter(c -> c == '\uFFFD').count());
  }

  @Test
  void replacesAnEncodedSurrogateOnceAsTheJdkDoes() {
    var decoder = new Utf8Decoder();
    assertEquals("", decoder.accept(bytes("ed a0")));
    assertEquals("\uFFFD", decoder.accept(bytes("80")));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anyCuttingGivesWhatAllBytesGiveTogether(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 5000; i++) {
      byte[] bytes = mixture(random);
      var decoder = new Utf8Decoder();
      var text = new StringBuilder();
      for (int at = 0; at < bytes.length; ) {
        int end = Math.min(bytes.length, at + random.nextInt(4));
        text.append(decoder.accept(Arrays.copyOfRange(bytes, at, end)));
        at = end;
      }
      text.append(decoder.finish());
      assertEquals(new String(bytes, StandardCharsets.UTF_8), text.toString());
    }
  }

  /** Valid characters with bytes changed, dropped and put in. */
  private static byte[] mixture(Random random) {
    byte[] bytes = new SeededText(random.nextLong()).next(4).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (random.nextInt(6) == 0) {
        bytes[i] = (byte) random.nextInt(256);
      }
    }
    return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.ofDelimiter(" ").parseHex(hex);
  }
}
