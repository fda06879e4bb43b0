package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

  @ParameterizedTest
  @EnumSource(PreTokenizer.class)
  void piecesCoverEverySeededTextInOrder(PreTokenizer preTokenizer) {
    var seeded = new SeededText(31);
    for (int i = 0; i < 3000; i++) {
      var text = seeded.next(10);
      int last = 0;
      for (int end : preTokenizer.pieceEnds(text)) {
        if (end <= last) {
          throw new AssertionError("piece ends at " + end + " after " + last + " in " + text);
        }
        last = end;
      }
      assertEquals(text.length(), last);
    }
  }

  @ParameterizedTest
  @EnumSource(PreTokenizer.class)
  void emptyTextHasNoPieces(PreTokenizer preTokenizer) {
    assertArrayEquals(new int[0], preTokenizer.pieceEnds(""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-bpe", "llama3", "llama-v3", "falcon3", "falcon_e", "falcon-e"})
  void knowsTheAliasesOfLlamaBpe(String name) {
    assertEquals(Optional.of(PreTokenizer.LLAMA_BPE), PreTokenizer.named(name));
  }

  private static void assertPieces(PreTokenizer preTokenizer, String... pieces) {
    var text = String.join("", pieces);
    var found = new ArrayList<String>();
    int start = 0;
    for (int end : preTokenizer.pieceEnds(text)) {
      found.add(text.substring(start, end));
      start = end;
    }
    assertEquals(List.of(pieces), found);
  }
}
