package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreTokenizerTest {
  @Test
  void llamaBpeCutsBeforeSpacesAndAfterContractions() {
    assertPieces(PreTokenizer.LLAMA_BPE, "I", "'VE", " don", "'t", " they", "'re");
  }

  @Test
  void llamaBpeCutsDigitsInThreesFromTheLeft() {
    assertPieces(PreTokenizer.LLAMA_BPE, "123", "456", "7", " ", "٤٥٦", "½");
  }

  @Test
  void llamaBpeLeavesTheLastSpaceToTheWord() {
    assertPieces(PreTokenizer.LLAMA_BPE, "a", "  ", " b", "   ");
  }

  @Test
  void llamaBpeTakesSpaceThroughTheLastLineBreak() {
    assertPieces(PreTokenizer.LLAMA_BPE, "a", " \r\n \n", "  ", " b", ";\n\n", "c");
  }

  @Test
  void llamaBpeTakesOneCharacterThatIsNeitherLetterNorDigitWithALetterRun() {
    assertPieces(PreTokenizer.LLAMA_BPE, "(x", ")=\"", "y", "\"");
  }

  @Test
  void caseFoldsContractionsAsUnicodeDoes() {
    assertPieces(PreTokenizer.LLAMA_BPE, "'ſ", "x");
  }

  @Test
  void nextLineIsSpaceAndZeroWidthNoBreakSpaceIsNot() {
    assertPieces(PreTokenizer.LLAMA_BPE, "!", "\u0085", "\u0085", "\uFEFF\uFEFF!");
  }

  @Test
  void anUnpairedSurrogateIsNeitherLetterNorSpace() {
    assertPieces(PreTokenizer.LLAMA_BPE, "1", " \uD800!", "1", "\uDC00a");
  }

  @Test
  void defaultCutsPunctuationOffFirst() {
    assertPieces(PreTokenizer.DEFAULT, "a", "==", "b", "()", " ", "\"", "c", "\"");
  }

  @Test
  void defaultSeesNoContractionOnceTheApostropheIsCutOff() {
    assertPieces(PreTokenizer.DEFAULT, "don", "'", "t");
  }

  @Test
  void defaultCutsDigitsInThreesAwayFromTheirSpaceButOnlyAsciiOnes() {
    assertPieces(PreTokenizer.DEFAULT, "a", " ", "123", "456", "7", " b", "٤٥٦٧");
  }

  @Test
  void defaultLeavesTheLastSpaceToTheWordAndASingleLineBreakAlone() {
    assertPieces(PreTokenizer.DEFAULT, "a", "  ", " b", "\n", "c", "\n\n");
  }

  @Test
  void qwen2CutsEveryDigitAndElseCutsAsLlamaBpe() {
    assertPieces(PreTokenizer.QWEN2, "a", "1", "2", "٤", "½", " b", "'s", " ", "3", ".\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "falcon_e", "falcon-e"})
  void knowsTheAliasesOfLlamaBpe(String name) {
    assertEquals(Optional.of(PreTokenizer.LLAMA_BPE), PreTokenizer.named(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "deepseek-r1-qwen", "megrez"})
  void knowsTheAliasesOfQwen2(String name) {
    assertEquals(Optional.of(PreTokenizer.QWEN2), PreTokenizer.named(name));
  }

  private static void assertPieces(PreTokenizer preTokenizer, String... pieces) {
    var text = String.join("", pieces);
    assertEquals(List.of(pieces), SplitterTest.pieces(preTokenizer, text));
  }
}
