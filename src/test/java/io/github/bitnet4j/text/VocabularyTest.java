package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VocabularyTest {
  private static final Vocabulary LLAMA3 = new Vocabulary(Llama3Slice.published());

  @Test
  void stopsAtEosAndAtTheEndOfATurn() {
    assertArrayEquals(new int[] {Llama3Slice.EOS, Llama3Slice.EOT}, LLAMA3.endOfGeneration());
    assertTrue(LLAMA3.isEndOfGeneration(Llama3Slice.EOT));
    assertFalse(LLAMA3.isEndOfGeneration(Llama3Slice.BOS));
  }

  @Test
  void findsTheEndOfTurnTheFileDoesNotName() {
    assertEquals(OptionalInt.of(Llama3Slice.EOT), LLAMA3.eot());
  }

  @Test
  void givesTheBytesAByteLevelTokenStandsFor() {
    assertEquals("Ġcapital", LLAMA3.text(6864));
    assertArrayEquals(" capital".getBytes(StandardCharsets.UTF_8), LLAMA3.bytes(6864));
    assertEquals(OptionalInt.of(6864), LLAMA3.find("Ġcapital"));
  }

  @Test
  void bytesAreACopy() {
    LLAMA3.bytes(6864)[0] = 'x';
    assertEquals(' ', LLAMA3.bytes(6864)[0]);
  }

  @Test
  void everyByteHasItsOwnCharacter() {
    for (int b = 0; b < 256; b++) {
      assertEquals(b, ByteAlphabet.byteOf(ByteAlphabet.charOf(b)));
    }
    assertEquals('A', ByteAlphabet.charOf('A'));
    assertEquals('Ā', ByteAlphabet.charOf(0));
    assertEquals('Ġ', ByteAlphabet.charOf(' '));
    assertEquals('Ń', ByteAlphabet.charOf(173));
    assertEquals(-1, ByteAlphabet.byteOf('\u0144'));
  }

  @Test
  void aTextOutsideTheByteAlphabetStandsForItsOwnBytes() {
    assertArrayEquals("中 x".getBytes(StandardCharsets.UTF_8), ByteAlphabet.decode("中Ġx"));
  }

  @Test
  void removesABosPrefixBakedIntoAddedTokens() {
    var vocabulary =
        vocabulary(
            SpecialTokens.NONE.withBosAndEos(1, 2),
            "x",
            "<|begin_of_text|><|begin_of_text|>",
            "<|begin_of_text|><|end_of_text|>",
            "<|begin_of_text|><|eot_id|>");
    assertEquals("<|begin_of_text|>", vocabulary.text(1));
    assertEquals("<|end_of_text|>", vocabulary.text(2));
    assertEquals("<|eot_id|>", vocabulary.text(3));
    assertEquals(3, vocabulary.repairedTexts());
    assertArrayEquals(new int[] {2, 3}, vocabulary.endOfGeneration());
  }

  @Test
  void leavesTextsAloneThatCarryNoBosPrefix() {
    var vocabulary = vocabulary(SpecialTokens.NONE.withBosAndEos(0, 1), "aa", "aab", "aa<b>");
    assertEquals(List.of("aa", "aab", "aa<b>"), texts(vocabulary));
    assertEquals(0, vocabulary.repairedTexts());
  }

  @Test
  void endOfTurnTextsAreControlTokensWhateverTheFileSays() {
    var vocabulary =
        vocabulary(SpecialTokens.NONE, "<|im_end|>", "<|eom_id|>", "<EOT>", "<|im_start|>");
    assertEquals(TokenType.CONTROL, vocabulary.type(0));
    assertEquals(TokenType.NORMAL, vocabulary.type(3));
    assertArrayEquals(new int[] {0, 1, 2}, vocabulary.endOfGeneration());
  }

  @Test
  void aBosThatIsOrdinaryTextStaysOrdinary() {
    var vocabulary = vocabulary(SpecialTokens.NONE.withBosAndEos(0, 1), ",", "</s>");
    assertEquals(TokenType.NORMAL, vocabulary.type(0));
    assertEquals(TokenType.CONTROL, vocabulary.type(1));
  }

  @Test
  void theLowestOfSeveralIdsWithOneTextIsFound() {
    assertEquals(OptionalInt.of(1), vocabulary(SpecialTokens.NONE, "a", "b", "b").find("b"));
  }

  @Test
  void refusesIdsOutsideTheVocabulary() {
    assertThrows(IllegalArgumentException.class, () -> LLAMA3.text(LLAMA3.size()));
    assertThrows(IllegalArgumentException.class, () -> LLAMA3.isEndOfGeneration(-1));
  }

  private static List<String> texts(Vocabulary vocabulary) {
    return IntStream.range(0, vocabulary.size()).mapToObj(vocabulary::text).toList();
  }

  private static Vocabulary vocabulary(SpecialTokens special, String... texts) {
    return new Vocabulary(
        TokenizerDatas.byteLevelBpe(
            Optional.empty(), List.of(texts), List.of(), List.of(), special));
  }
}
