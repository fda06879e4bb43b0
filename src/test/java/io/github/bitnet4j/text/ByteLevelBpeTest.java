package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteLevelBpeTest {
  private static final Tokenizer LLAMA3 =
      Tokenizer.of(Llama3Slice.published(), Compatibility.HUGGING_FACE);

  static Stream<Llama3Slice.Vector> vectors() {
    return Llama3Slice.vectors().stream();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void givesTheIdsOfAnIndependentEncoder(Llama3Slice.Vector vector) {
    assertArrayEquals(vector.ids(), LLAMA3.encode(vector.text()));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void decodesVectorsBackToTheirText(Llama3Slice.Vector vector) {
    assertEquals(vector.text(), LLAMA3.decode(vector.ids()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void mergesLikeARepeatedScanForTheBestPair(long seed) {
    var data = SeededMerges.data("default", 300, seed);
    var tokenizer = Tokenizer.of(data, Compatibility.HUGGING_FACE);
    var slow = new SlowBpe(data);
    var random = new Random(seed);
    for (int i = 0; i < 400; i++) {
      var word = letters(random, 1 + random.nextInt(200));
      assertArrayEquals(slow.encode(word), tokenizer.encode(word), word);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 7, 8})
  void shortAndLongPiecesMergeAlike(long seed) {
    var random = new Random(seed);
    var table = new MergeTable(200);
    for (int rank = 0; rank < 200; rank++) {
      table.putIfAbsent(random.nextInt(12), random.nextInt(12), rank, random.nextInt(12), 90);
    }
    for (int i = 0; i < 2000; i++) {
      int[] symbols = random.ints(random.nextInt(90), 0, 12).toArray();
      int[] scanned = symbols.clone();
      int[] inWindows = symbols.clone();
      int scannedLength = BytePairMerger.mergeByScan(scanned, scanned.length, table);
      int lengthInWindows = LongPieceMerger.merge(inWindows, inWindows.length, table);
      assertArrayEquals(
          Arrays.copyOf(scanned, scannedLength),
          Arrays.copyOf(inWindows, lengthInWindows),
          Arrays.toString(symbols));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void decodesEverySeededStringBack(long seed) {
    var text = new SeededText(seed);
    for (int i = 0; i < 5000; i++) {
      var string = text.next(12);
      assertEquals(string, LLAMA3.decode(LLAMA3.encode(string)));
    }
  }

  @Test
  void manyThreadsMayEncodeAtOnce() {
    var text = new SeededText(13);
    var strings = Stream.generate(() -> text.next(12)).limit(2000).toList();
    var alone = strings.stream().map(LLAMA3::encode).map(Arrays::toString).toList();
    var together = strings.parallelStream().map(LLAMA3::encode).map(Arrays::toString).toList();
    assertEquals(alone, together);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", " ", "\n", "7", "!", "é", "😀", "\u0301", " a", "'s", "\t ", "<"})
  void takesAMegabyteOfOneThing(String unit) {
    var text = unit.repeat(1_000_000 / unit.length());
    assertEquals(text, LLAMA3.decode(LLAMA3.encode(text)));
  }

  @Test
  void takesAMegabyteOfEverything() {
    var text = new SeededText(21).ofLength(1_000_000);
    assertEquals(text, LLAMA3.decode(LLAMA3.encode(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", " ", "\n", "7", "!", " a"})
  void theDefaultPreTokenizerTakesAMegabyteOfOneThing(String unit) {
    var tokenizer = Tokenizer.of(Llama3Slice.published(), Compatibility.BITNET_CPP);
    var text = unit.repeat(1_000_000 / unit.length());
    assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
  }

  @Test
  void anUnpairedSurrogateIsEncodedAsTheReplacementCharacter() {
    assertArrayEquals(LLAMA3.encode("a\uFFFDb\uFFFD"), LLAMA3.encode("a\uD83Db\uDE00"));
  }

  @Test
  void aSurrogatePairSplitInTheWrongOrderIsTwoReplacementCharacters() {
    assertArrayEquals(LLAMA3.encode("\uFFFD\uFFFD"), LLAMA3.encode("\uDE00\uD83D"));
  }

  @Test
  void takesAPieceThatIsATokenWholeEvenIfNoMergesLeadThere() {
    var data = data("llama-bpe", List.of("abc"), List.of());
    assertArrayEquals(
        new int[] {256}, Tokenizer.of(data, Compatibility.HUGGING_FACE).encode("abc"));
  }

  @Test
  void mergesAPieceThatIsATokenWhenThePreTokenizerDoesNotIgnoreMerges() {
    var data = data("default", List.of("abc", "bc"), List.of("b c"));
    assertArrayEquals(
        new int[] {'a', 257}, Tokenizer.of(data, Compatibility.HUGGING_FACE).encode("abc"));
  }

  @Test
  void theFirstOfTwoEqualMergesCounts() {
    var data = data("default", List.of("ab", "bc"), List.of("a b", "b c", "a b"));
    assertArrayEquals(
        new int[] {256, 'c'}, Tokenizer.of(data, Compatibility.HUGGING_FACE).encode("abc"));
  }

  @Test
  void aMergeWhoseResultIsNoTokenFallsApartIntoBytes() {
    var data = data("default", List.of("bc"), List.of("a b", "b c"));
    assertArrayEquals(
        new int[] {'a', 'b', 'c'}, Tokenizer.of(data, Compatibility.HUGGING_FACE).encode("abc"));
  }

  @Test
  void aByteWithoutATokenBecomesTheUnknownToken() {
    var data = withoutZ(OptionalInt.of(0));
    assertArrayEquals(
        new int[] {1, 0}, Tokenizer.of(data, Compatibility.HUGGING_FACE).encode("az"));
  }

  @Test
  void aByteWithoutATokenIsRefusedWhereThereIsNoUnknownToken() {
    var tokenizer = Tokenizer.of(withoutZ(OptionalInt.empty()), Compatibility.HUGGING_FACE);
    var refusal = assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("az"));
    assertEquals(
        "The vocabulary has no token for byte 0x7A and no unknown token to stand for it",
        refusal.getMessage());
  }

  private static TokenizerData withoutZ(OptionalInt unknown) {
    var none = OptionalInt.empty();
    return TokenizerDatas.byteLevelBpe(
        Optional.of("default"),
        List.of("<unk>", "a"),
        List.of(TokenType.UNKNOWN, TokenType.NORMAL),
        List.of(),
        new SpecialTokens(
            none, none, none, none, unknown, none, Optional.empty(), Optional.empty()));
  }

  /** Bytes at their own number up to 127 at least, then {@code more}. */
  private static TokenizerData data(String pre, List<String> more, List<String> merges) {
    var tokens = new ArrayList<String>();
    for (int b = 0; b < 256; b++) {
      tokens.add(String.valueOf(ByteAlphabet.charOf(b)));
    }
    tokens.addAll(more);
    return TokenizerDatas.byteLevelBpe(
        Optional.of(pre), tokens, List.of(), merges, SpecialTokens.NONE);
  }

  private static String letters(Random random, int length) {
    var word = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      word.append("abc".charAt(random.nextInt(3)));
    }
    return word.toString();
  }

  /** The definition, word by word: find the best pair in the whole list, merge it, start over. */
  private static final class SlowBpe {
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<List<String>, Integer> ranks = new HashMap<>();

    SlowBpe(TokenizerData data) {
      for (int id = 0; id < data.tokens().size(); id++) {
        ids.put(data.tokens().get(id), id);
      }
      for (int rank = 0; rank < data.merges().size(); rank++) {
        ranks.put(List.of(data.merges().get(rank).split(" ")), rank);
      }
    }

    int[] encode(String word) {
      var parts = new ArrayList<String>();
      for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
        parts.add(String.valueOf(ByteAlphabet.charOf(b & 0xFF)));
      }
      while (true) {
        int best = -1;
        int bestRank = Integer.MAX_VALUE;
        for (int i = 0; i + 1 < parts.size(); i++) {
          int rank = ranks.getOrDefault(parts.subList(i, i + 2), Integer.MAX_VALUE);
          if (rank < bestRank) {
            best = i;
            bestRank = rank;
          }
        }
        if (best < 0) {
          return parts.stream().mapToInt(ids::get).toArray();
        }
        parts.set(best, parts.get(best) + parts.remove(best + 1));
      }
    }
  }
}
