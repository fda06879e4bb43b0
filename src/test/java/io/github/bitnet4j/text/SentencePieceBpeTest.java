package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SentencePieceBpeTest {
  private static final int BOS = 1;
  private static final int FIRST = SeededPieces.FIRST_PIECE;

  static Stream<SentencePieceVectors.Vector> vectors() {
    return SentencePieceVectors.read().stream();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void givesTheIdsOfSentencePieceItself(SentencePieceVectors.Vector vector) {
    assertArrayEquals(
        vector.ids(), vector.tokenizer().encode(vector.text(), EncodeOptions.TEXT_ONLY));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void mergesLikeARepeatedScanForTheBestPair(long seed) {
    var data = SeededPieces.seeded(120, seed);
    var tokenizer = tokenizer(data);
    var random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      var text = SeededPieces.text(random, 80);
      assertArrayEquals(
          slowEncode(data, text), tokenizer.encode(text, EncodeOptions.TEXT_ONLY), text);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {5, 6})
  void decodesEverySeededStringBack(long seed) {
    var tokenizer = tokenizer(SeededPieces.seeded(200, seed));
    var text = new SeededText(seed);
    for (int i = 0; i < 3000; i++) {
      var string = text.next(12).replace('▁', 'x');
      assertEquals(string, tokenizer.decode(tokenizer.encode(string)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", " ", "\n", "é", "😀", "a ", "  b", "ab"})
  void takesAMegabyteOfOneThing(String unit) {
    var tokenizer = tokenizer(SeededPieces.seeded(200, 9));
    var text = unit.repeat(1_000_000 / unit.length());
    assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
  }

  @Test
  void theHigherScoreMergesFirst() {
    var tokenizer =
        tokenizer(
            TokenizerDatas.withAddSpacePrefix(SeededPieces.of("bc", "ab", "a", "b", "c"), false));
    assertArrayEquals(new int[] {FIRST + 2, FIRST}, textOnly(tokenizer, "abc"));
  }

  @Test
  void theLeftmostOfEqualScoresMergesFirst() {
    var data = TokenizerDatas.withAddSpacePrefix(SeededPieces.of("bc", "ab", "a", "b", "c"), false);
    Arrays.fill(data.scores(), 0);
    assertArrayEquals(new int[] {FIRST + 1, FIRST + 4}, textOnly(tokenizer(data), "abc"));
  }

  @Test
  void aSpaceIsPutInFrontOfText() {
    var tokenizer = tokenizer(SeededPieces.of("▁a", "▁", "a"));
    assertArrayEquals(new int[] {FIRST, FIRST}, textOnly(tokenizer, "a a"));
    assertEquals("a a", tokenizer.decode(FIRST, FIRST));
  }

  @Test
  void noSpaceIsPutInFrontOfTextWhereTheFileSaysNo() {
    var tokenizer =
        tokenizer(TokenizerDatas.withAddSpacePrefix(SeededPieces.of("▁a", "▁", "a"), false));
    assertArrayEquals(new int[] {FIRST + 2, FIRST}, textOnly(tokenizer, "a a"));
    assertEquals(" a", tokenizer.decode(FIRST));
  }

  @Test
  void noSpaceIsPutInFrontOfTextThatContinues() {
    var tokenizer = tokenizer(SeededPieces.of("▁a", "▁", "a"));
    assertArrayEquals(
        new int[] {FIRST + 2},
        tokenizer.encode("a", EncodeOptions.TEXT_ONLY.withContinuesText(true)));
  }

  @Test
  void aSpaceIsPutAfterASpecialTokenAndTakenAwayAgain() {
    var tokenizer = tokenizer(SeededPieces.of("▁a", "▁", "a"));
    int[] ids = tokenizer.encode("a</s>a", EncodeOptions.TEXT_ONLY.withParseSpecial(true));
    assertArrayEquals(new int[] {FIRST, 2, FIRST}, ids);
    assertEquals("a</s>a", tokenizer.decode(ControlTokens.SHOW, ids));
  }

  @Test
  void aCharacterOutsideTheVocabularyBecomesItsBytes() {
    var tokenizer = tokenizer(SeededPieces.of("▁"));
    int[] ids = textOnly(tokenizer, "é");
    assertArrayEquals(
        new int[] {FIRST, SeededPieces.FIRST_BYTE + 0xC3, SeededPieces.FIRST_BYTE + 0xA9}, ids);
    assertEquals("é", tokenizer.decode(ids));
  }

  @Test
  void anUnpairedSurrogateBecomesTheReplacementCharacter() {
    var tokenizer = tokenizer(SeededPieces.of("▁"));
    assertArrayEquals(tokenizer.encode("\uFFFD!"), tokenizer.encode("\uD83D!"));
  }

  @Test
  void withoutByteTokensARunOutsideTheVocabularyIsOneUnknownToken() {
    var tokenizer =
        tokenizer(
            TokenizerDatas.sentencePiece(
                List.of("<unk>", "▁", "a"),
                List.of(TokenType.UNKNOWN, TokenType.NORMAL, TokenType.NORMAL),
                new float[3],
                SpecialTokens.NONE));
    assertArrayEquals(new int[] {1, 0, 2, 0, 1, 0}, textOnly(tokenizer, "xyaz q"));
  }

  @Test
  void userDefinedTokensAreMatchedBeforeMergesWithPlainSpaces() {
    var tokenizer =
        tokenizer(
            TokenizerDatas.withAddSpacePrefix(
                TokenizerDatas.sentencePiece(
                    List.of("<unk>", "a", "▁▁", "▁", "aa"),
                    List.of(
                        TokenType.UNKNOWN,
                        TokenType.NORMAL,
                        TokenType.USER_DEFINED,
                        TokenType.NORMAL,
                        TokenType.NORMAL),
                    new float[5],
                    SpecialTokens.NONE),
                false));
    assertArrayEquals(new int[] {4, 2, 3, 1}, textOnly(tokenizer, "aa   a"));
    assertEquals("aa   a", tokenizer.decode(4, 2, 3, 1));
  }

  @Test
  void controlAndByteTokensNeverComeFromText() {
    var tokenizer =
        tokenizer(
            SeededPieces.of(
                "<s", "<0", "x4", "1>", "x41>", "▁", "<", "s", ">", "0", "x", "4", "1"));
    for (int id : textOnly(tokenizer, "<s><0x41>")) {
      assertEquals(TokenType.NORMAL, tokenizer.vocabulary().type(id));
    }
  }

  @Test
  void aFileWithoutTypesHasByteTokensWhereTheirTextsSaySo() {
    var named = SeededPieces.of("▁", "a");
    var data =
        TokenizerDatas.sentencePiece(named.tokens(), List.of(), named.scores(), SpecialTokens.NONE);
    assertEquals("aé", tokenizer(data).decode(textOnly(tokenizer(data), "aé")));
  }

  @Test
  void idsWithARoleAreTheTrainersWhereTheFileIsSilent() {
    var tokenizer = tokenizer(SeededPieces.of("▁", "a"));
    assertArrayEquals(new int[] {BOS, FIRST, FIRST + 1}, tokenizer.encode("a"));
    assertEquals(2, tokenizer.vocabulary().eos().orElseThrow());
    assertEquals(0, tokenizer.vocabulary().unknown().orElseThrow());
  }

  @Test
  void aFileWithoutScoresIsRefused() {
    var data =
        TokenizerDatas.sentencePiece(
            List.of("<unk>"), List.of(TokenType.UNKNOWN), new float[0], SpecialTokens.NONE);
    var refusal = assertThrows(IllegalArgumentException.class, () -> tokenizer(data));
    assertEquals(
        "tokenizer.ggml.scores is missing, but orders the merges; convert the model again",
        refusal.getMessage());
  }

  @Test
  void aByteTokenThatIsNotWrittenAsOneIsRefused() {
    var data =
        TokenizerDatas.sentencePiece(
            List.of("<0xZZ>"), List.of(TokenType.BYTE), new float[1], SpecialTokens.NONE);
    var refusal = assertThrows(IllegalArgumentException.class, () -> tokenizer(data));
    assertEquals(
        "tokenizer.ggml.tokens entry 0, \"<0xZZ>\", is a byte token, but is not written <0x00> to"
            + " <0xFF>",
        refusal.getMessage());
  }

  @Test
  void aStreamHoldsByteTokensBackUntilTheirCharacterIsWhole() {
    var tokenizer = tokenizer(SeededPieces.of("▁", "a"));
    var stream = tokenizer.newStream(ControlTokens.OMIT);
    var pieces = new ArrayList<String>();
    for (int id : tokenizer.encode("a😀")) {
      pieces.add(stream.accept(id));
    }
    assertEquals(List.of("", "", "a", "", "", "", "😀"), pieces);
    assertEquals("", stream.finish());
  }

  @Test
  void aStreamThatContinuesTextKeepsTheSpaceItBeginsWith() {
    var tokenizer = tokenizer(SeededPieces.of("▁a", "▁", "a"));
    assertEquals("a", tokenizer.newStream(ControlTokens.OMIT).accept(FIRST));
    assertEquals(" a", tokenizer.newStreamAfter(FIRST, ControlTokens.OMIT).accept(FIRST));
    assertEquals("a", tokenizer.newStreamAfter(BOS, ControlTokens.OMIT).accept(FIRST));
  }

  @ParameterizedTest
  @ValueSource(longs = {7, 8})
  void aStreamGivesWhatDecodingAtOnceGives(long seed) {
    var tokenizer = tokenizer(SeededPieces.seeded(100, seed));
    var random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      int[] ids = random.ints(random.nextInt(30), 0, tokenizer.vocabulary().size()).toArray();
      var stream = tokenizer.newStream(ControlTokens.SHOW);
      var text = new StringBuilder();
      for (int id : ids) {
        text.append(stream.accept(id));
      }
      assertEquals(
          tokenizer.decode(ControlTokens.SHOW, ids), text.append(stream.finish()).toString());
    }
  }

  private static Tokenizer tokenizer(TokenizerData data) {
    return Tokenizer.of(data, Compatibility.HUGGING_FACE);
  }

  private static int[] textOnly(Tokenizer tokenizer, String text) {
    return tokenizer.encode(text, EncodeOptions.TEXT_ONLY);
  }

  /** The definition, word by word: find the best pair in the whole text, merge it, start over. */
  private static int[] slowEncode(TokenizerData data, String text) {
    var parts = new ArrayList<String>();
    if (!text.isEmpty()) {
      (" " + text)
          .replace(' ', '▁')
          .codePoints()
          .forEach(codePoint -> parts.add(Character.toString(codePoint)));
    }
    while (true) {
      int best = -1;
      float bestScore = Float.NEGATIVE_INFINITY;
      for (int i = 0; i + 1 < parts.size(); i++) {
        int token = data.tokens().indexOf(parts.get(i) + parts.get(i + 1));
        if (token >= 0 && data.scores()[token] > bestScore) {
          best = i;
          bestScore = data.scores()[token];
        }
      }
      if (best < 0) {
        break;
      }
      parts.set(best, parts.get(best) + parts.remove(best + 1));
    }
    var ids = new IntList();
    for (var part : parts) {
      int token = data.tokens().indexOf(part);
      if (token >= 0) {
        ids.add(token);
      } else {
        for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
          ids.add(SeededPieces.FIRST_BYTE + (b & 0xFF));
        }
      }
    }
    return ids.toArray();
  }
}
