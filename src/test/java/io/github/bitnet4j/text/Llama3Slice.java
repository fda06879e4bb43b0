package io.github.bitnet4j.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of Llama 3's vocabulary that {@code llama3-slice.mjs} keeps, at the ids it has there,
 * and the vectors it was made for. Ids that are left out are unused placeholders.
 */
final class Llama3Slice {
  static final int BOS = 128_000;
  static final int EOS = 128_001;
  static final int EOT = 128_009;
  private static final int SIZE = 128_256;
  private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

  /** A string and the ids an independent encoder gives for it, BOS first. */
  record Vector(String text, int[] ids) {
    @Override
    public String toString() {
      return '"' + text + '"';
    }
  }

  private Llama3Slice() {}

  /** As the published 2B-4T file has it: no {@code tokenizer.ggml.pre}. */
  static TokenizerData published() {
    return data(Optional.empty());
  }

  static TokenizerData data(Optional<String> pre) {
    var tokens = new ArrayList<String>(SIZE);
    for (int id = 0; id < SIZE; id++) {
      tokens.add("<unused " + id + ">");
    }
    var types = new ArrayList<>(Collections.nCopies(SIZE, TokenType.UNUSED));
    for (var line : lines("llama3-tokens.tsv")) {
      var fields = line.split("\t");
      int id = Integer.parseInt(fields[0]);
      tokens.set(id, fields[1]);
      types.set(id, id < BOS ? TokenType.NORMAL : TokenType.CONTROL);
    }
    return TokenizerDatas.byteLevelBpe(
        pre,
        tokens,
        types,
        lines("llama3-merges.txt"),
        SpecialTokens.NONE.withBosAndEos(BOS, EOS).withAdded(true, false));
  }

  static List<Vector> vectors() {
    return lines("llama3-vectors.tsv").stream()
        .map(
            line -> {
              var fields = line.split("\t");
              int[] ids = Arrays.stream(fields[1].split(",")).mapToInt(Integer::parseInt).toArray();
              return new Vector(unescaped(fields[0]), ids);
            })
        .toList();
  }

  private static String unescaped(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(match.group(1), 16))));
  }

  private static List<String> lines(String resource) {
    try (var in = Llama3Slice.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
