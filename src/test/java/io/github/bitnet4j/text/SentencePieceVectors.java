package io.github.bitnet4j.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code sentencepiece-vectors.mjs} wrote: vocabularies, strings and their ids. */
final class SentencePieceVectors {
  private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

  /** A string and the ids SentencePiece gives for it, without BOS. */
  record Vector(Tokenizer tokenizer, String text, int[] ids) {
    @Override
    public String toString() {
      return '"' + text + '"';
    }
  }

  private SentencePieceVectors() {}

  static List<Vector> read() {
    var vectors = new ArrayList<Vector>();
    for (var block : resource().split("(?m)^vocabulary\t")) {
      if (!block.isEmpty()) {
        addVectors(block.lines().toList(), vectors);
      }
    }
    return vectors;
  }

  private static void addVectors(List<String> lines, List<Vector> vectors) {
    var rows = lines.stream().skip(1).map(line -> line.split("\t", -1)).toList();
    var tokenRows = rows.stream().filter(row -> row[0].equals("token")).toList();
    var scores = new float[tokenRows.size()];
    for (int id = 0; id < scores.length; id++) {
      scores[id] = Float.parseFloat(tokenRows.get(id)[2]);
    }
    var data =
        TokenizerDatas.sentencePiece(
            tokenRows.stream().map(row -> unescaped(row[3])).toList(),
            tokenRows.stream()
                .map(row -> TokenType.ofCode(Integer.parseInt(row[1])).orElseThrow())
                .toList(),
            scores,
            SpecialTokens.NONE);
    var tokenizer =
        Tokenizer.of(
            TokenizerDatas.withAddSpacePrefix(data, lines.getFirst().equals("1")),
            Compatibility.HUGGING_FACE);
    for (var row : rows) {
      if (row[0].equals("text")) {
        int[] ids = Arrays.stream(row[2].split(",")).mapToInt(Integer::parseInt).toArray();
        vectors.add(new Vector(tokenizer, unescaped(row[1]), ids));
      }
    }
  }

  private static String unescaped(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(match.group(1), 16))));
  }

  private static String resource() {
    var name = "sentencepiece-vectors.tsv";
    try (var in = SentencePieceVectors.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
