package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Encoding text while it is read. */
class ChunkedTextTest {
  private static final EncodeOptions SPECIAL = EncodeOptions.DEFAULT.withParseSpecial(true);

  static Stream<Tokenizer> tokenizers() {
    return Stream.of(
            Llama3Slice.data(Optional.of("llama-bpe")),
            Llama3Slice.data(Optional.of("qwen2")),
            Llama3Slice.data(Optional.of("default")),
            SeededPieces.seeded(150, 3),
            SeededPieces.of("▁a", "▁", "a", "b", "<", "ab"))
        .map(data -> Tokenizer.of(data, Compatibility.HUGGING_FACE));
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void textThatIsReadGivesTheTokensOfTextThatIsThere(Tokenizer tokenizer) throws IOException {
    var seeded = new SeededText(41);
    for (int size : new int[] {0, 1, 100, 65_536, 300_000}) {
      var text = seeded.ofLength(size) + " the end </s> <|eot_id|> of it";
      assertArrayEquals(tokenizer.encode(text, SPECIAL), encodeRead(tokenizer, text));
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void wherePartsMayBeCutTheyGiveTheTokensOfTheWhole(Tokenizer tokenizer) {
    var encoder = tokenizer.encoder();
    var random = new Random(43);
    int cuts = 0;
    for (int i = 0; i < 3000; i++) {
      var text = (i % 2 == 0 ? SeededPieces.text(random, 20) : new SeededText(i).next(6)) + "a b";
      int cut = 1 + random.nextInt(text.length() - 1);
      if (encoder.mayCut(text.charAt(cut - 1), text.charAt(cut))) {
        cuts++;
        var whole = new IntList();
        encoder.encode(text, false, whole);
        var parts = new IntList();
        encoder.encode(text.substring(0, cut), false, parts);
        encoder.encode(text.substring(cut), true, parts);
        assertArrayEquals(whole.toArray(), parts.toArray(), text);
      }
    }
    assertTrue(cuts > 5, cuts + " cuts");
  }

  @Test
  void noSpecialTokensTextIsCut() throws IOException {
    var tokenizer = tokenizers().findFirst().orElseThrow();
    var splitter = new SpecialTokenSplitter(Map.of("a b", 1, "b c d", 2));
    var text = "xa bx x b c d e ".repeat(20);
    var chunks = new ChunkedText(new StringReader(text), tokenizer.encoder(), splitter, 16);
    var read = new ArrayList<String>();
    for (var chunk = chunks.next(); !chunk.isEmpty(); chunk = chunks.next()) {
      read.add(chunk);
    }
    assertEquals(text, String.join("", read));
    assertTrue(read.size() > 10, read.toString());
    assertEquals(
        parts(splitter, List.of(text)).size(), parts(splitter, read).size() - splits(read));
  }

  @Test
  void aTextThatNothingMayCutIsHeldWhole() throws IOException {
    var tokenizer = tokenizers().findFirst().orElseThrow();
    var text = "7".repeat(200_000);
    assertArrayEquals(tokenizer.encode(text), encodeRead(tokenizer, text));
  }

  @Test
  void aReaderThatFailsIsNotHidden() {
    var tokenizer = tokenizers().findFirst().orElseThrow();
    assertThrows(
        IOException.class,
        () -> tokenizer.encode(new Failing(), EncodeOptions.DEFAULT, token -> {}));
  }

  /** Cuts within ordinary text make one part two. */
  private static int splits(List<String> chunks) {
    return (int)
        IntStream.range(1, chunks.size())
            .filter(
                i ->
                    !chunks.get(i - 1).endsWith("a b")
                        && !chunks.get(i - 1).endsWith("b c d")
                        && !chunks.get(i).startsWith("a b")
                        && !chunks.get(i).startsWith("b c d"))
            .count();
  }

  private static List<String> parts(SpecialTokenSplitter splitter, List<String> chunks) {
    var parts = new ArrayList<String>();
    chunks.forEach(c -> splitter.split(c, parts::add, token -> parts.add("token " + token)));
    return parts;
  }

  private static int[] encodeRead(Tokenizer tokenizer, String text) throws IOException {
    var tokens = new IntList();
    tokenizer.encode(new StringReader(text), SPECIAL, tokens::add);
    return tokens.toArray();
  }

  private static final class Failing extends Reader {
    @Override
    public int read(char[] chars, int offset, int length) throws IOException {
      throw new IOException("gone");
    }

    @Override
    public void close() {}
  }
}
