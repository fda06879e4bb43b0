package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TokenizerTest {
  private static final int BOS = Llama3Slice.BOS;
  private static final int EOS = Llama3Slice.EOS;
  private static final int EOT = Llama3Slice.EOT;
  private static final int HELLO = 15_339;

  private static final Tokenizer LLAMA3 =
      Tokenizer.of(Llama3Slice.published(), Compatibility.HUGGING_FACE);

  @Test
  void thePublishedFileIsCutAsLlamaBpeWithoutAWarning() {
    assertEquals(Optional.of(PreTokenizer.LLAMA_BPE), LLAMA3.preTokenizer());
    assertEquals(List.of(), LLAMA3.warnings());
  }

  @Test
  void thePublishedFileIsCutAsDefaultForParityWithBitnetCpp() {
    var tokenizer = Tokenizer.of(Llama3Slice.published(), Compatibility.BITNET_CPP);
    assertEquals(Optional.of(PreTokenizer.DEFAULT), tokenizer.preTokenizer());
    assertTrue(tokenizer.warnings().getFirst().startsWith("tokenizer.ggml.pre is absent"));
  }

  @Test
  void anyOtherFileWithoutPreIsCutAsDefaultWithAWarning() {
    var tokenizer = Tokenizer.of(letters(SpecialTokens.NONE), Compatibility.HUGGING_FACE);
    assertEquals(Optional.of(PreTokenizer.DEFAULT), tokenizer.preTokenizer());
    assertTrue(tokenizer.warnings().getFirst().startsWith("tokenizer.ggml.pre is absent"));
  }

  @Test
  void bosComesFirstWhereTheFileSaysSo() {
    assertArrayEquals(new int[] {BOS, HELLO}, LLAMA3.encode("hello"));
  }

  @Test
  void emptyTextIsBosAloneOrNothing() {
    assertArrayEquals(new int[] {BOS}, LLAMA3.encode(""));
    assertArrayEquals(new int[0], LLAMA3.encode("", EncodeOptions.TEXT_ONLY));
  }

  @Test
  void bosAndEosAreAddedAndLeftOutOnDemand() {
    assertArrayEquals(
        new int[] {HELLO, EOS},
        LLAMA3.encode("hello", EncodeOptions.DEFAULT.withBos(false).withEos(true)));
  }

  @Test
  void llamaBpeAddsBosWhereTheFileDoesNotSay() {
    var special = SpecialTokens.NONE.withBosAndEos(3, 4);
    assertArrayEquals(
        new int[] {3, 0},
        Tokenizer.of(letters(Optional.of("llama-bpe"), special), Compatibility.HUGGING_FACE)
            .encode("a"));
    assertArrayEquals(
        new int[] {0},
        Tokenizer.of(letters(Optional.of("default"), special), Compatibility.HUGGING_FACE)
            .encode("a"));
  }

  @Test
  void aBosThatIsWantedButUnknownIsLeftOutWithAWarning() {
    var tokenizer =
        Tokenizer.of(
            letters(Optional.of("llama-bpe"), SpecialTokens.NONE), Compatibility.HUGGING_FACE);
    assertArrayEquals(new int[] {0}, tokenizer.encode("a"));
    assertEquals(
        List.of("tokenizer.ggml.bos_token_id is absent: none is added around text"),
        tokenizer.warnings());
  }

  @Test
  void demandingABosTheModelLacksIsRefused() {
    var tokenizer = Tokenizer.of(letters(SpecialTokens.NONE), Compatibility.HUGGING_FACE);
    assertThrows(
        IllegalArgumentException.class,
        () -> tokenizer.encode("a", EncodeOptions.DEFAULT.withBos(true)));
  }

  @Test
  void controlTokensInTextStayTextUnlessParsed() {
    var text = "hello<|eot_id|>";
    assertArrayEquals(
        new int[] {HELLO, EOT},
        LLAMA3.encode(text, EncodeOptions.TEXT_ONLY.withParseSpecial(true)));
    for (int id : LLAMA3.encode(text, EncodeOptions.TEXT_ONLY)) {
      assertEquals(TokenType.NORMAL, LLAMA3.vocabulary().type(id));
    }
    assertEquals(text, LLAMA3.decode(LLAMA3.encode(text)));
  }

  @Test
  void aControlTokenIsNeverMadeFromTextEvenIfOnePieceSpellsIt() {
    var data =
        TokenizerDatas.byteLevelBpe(
            Optional.of("llama-bpe"),
            List.of("a", "b", "ab"),
            List.of(TokenType.NORMAL, TokenType.NORMAL, TokenType.CONTROL),
            List.of("a b"),
            SpecialTokens.NONE);
    var tokenizer = Tokenizer.of(data, Compatibility.HUGGING_FACE);
    assertArrayEquals(new int[] {0, 1}, tokenizer.encode("ab"));
  }

  @Test
  void userDefinedTokensAreAlwaysMatched() {
    var data =
        TokenizerDatas.byteLevelBpe(
            Optional.of("default"),
            List.of("a", "b", "a b"),
            List.of(TokenType.NORMAL, TokenType.NORMAL, TokenType.USER_DEFINED),
            List.of(),
            SpecialTokens.NONE);
    var tokenizer = Tokenizer.of(data, Compatibility.HUGGING_FACE);
    assertArrayEquals(new int[] {0, 2, 1}, tokenizer.encode("aa bb"));
    assertEquals("aa bb", tokenizer.decode(0, 2, 1));
  }

  @Test
  void decodingLeavesControlTokensOutUnlessShown() {
    assertEquals("hello", LLAMA3.decode(BOS, HELLO, EOT));
    assertEquals(
        "<|begin_of_text|>hello<|eot_id|>", LLAMA3.decode(ControlTokens.SHOW, BOS, HELLO, EOT));
  }

  @Test
  void decodingRefusesAnIdOutsideTheVocabulary() {
    var refusal = assertThrows(IllegalArgumentException.class, () -> LLAMA3.decode(128_256));
    assertEquals(
        "Token id 128256 is outside the vocabulary, whose ids are 0 to 128255",
        refusal.getMessage());
    assertThrows(IllegalArgumentException.class, () -> LLAMA3.decode(-1));
  }

  @Test
  void aTokenizerFamilyThatIsNotSupportedIsNamed() {
    var data =
        new TokenizerData(
            "rwkv",
            Optional.empty(),
            List.of("a"),
            List.of(),
            new float[0],
            List.of(),
            SpecialTokens.NONE,
            Optional.empty(),
            Optional.empty());
    var refusal =
        assertThrows(
            IllegalArgumentException.class, () -> Tokenizer.of(data, Compatibility.HUGGING_FACE));
    assertTrue(refusal.getMessage().startsWith("tokenizer.ggml.model is \"rwkv\""));
  }

  @Test
  void aPreTokenizerThatIsNotSupportedIsNamed() {
    var data = letters(Optional.of("chameleon"), SpecialTokens.NONE);
    var refusal =
        assertThrows(
            IllegalArgumentException.class, () -> Tokenizer.of(data, Compatibility.HUGGING_FACE));
    assertTrue(refusal.getMessage().startsWith("tokenizer.ggml.pre is \"chameleon\""));
  }

  @Test
  void aStreamEmitsACharacterWithTheTokenThatCompletesIt() {
    int[] ids = LLAMA3.encode("🇫🇷é", EncodeOptions.TEXT_ONLY);
    var stream = LLAMA3.newStream(ControlTokens.OMIT);
    var pieces = new StringBuilder();
    for (int id : ids) {
      var piece = stream.accept(id);
      assertTrue(piece.indexOf('\uFFFD') < 0, piece);
      pieces.append(piece);
    }
    assertEquals("🇫🇷é", pieces.append(stream.finish()).toString());
  }

  @Test
  void aStreamEndsHalfACharacterWithTheReplacementCharacter() {
    int[] ids = LLAMA3.encode("𠀀", EncodeOptions.TEXT_ONLY);
    var stream = LLAMA3.newStream(ControlTokens.OMIT);
    assertEquals("", stream.accept(ids[0]));
    assertEquals("\uFFFD", stream.finish());
  }

  private static TokenizerData letters(SpecialTokens special) {
    return letters(Optional.empty(), special);
  }

  private static TokenizerData letters(Optional<String> pre, SpecialTokens special) {
    return TokenizerDatas.byteLevelBpe(
        pre, List.of("a", "b", "c", "<s>", "</s>"), List.of(), List.of(), special);
  }
}
