package io.github.bitnet4j.text;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts text into the pieces within which byte pairs are merged.
 *
 * <p>Each constant carries the regular expressions published for it. They are applied in sequence:
 * every later expression cuts the pieces left by the earlier ones, seeing nothing beyond its piece;
 * matches and the gaps between them all become pieces. Classes have Unicode's meaning: {@code \s}
 * is the property White_Space (so U+0085 but not U+FEFF), {@code (?i:)} folds case as Unicode does
 * (so {@code 'ſ} is a contraction like {@code 's}), and an unpaired surrogate is neither letter,
 * number nor space. Letters and numbers are those of the running JDK's version of Unicode.
 *
 * <p>The time taken is linear in the length of the text: no expression re-reads more than a
 * constant number of times what it then consumes.
 */
public enum PreTokenizer {
  /** Llama 3's expression, used by BitNet b1.58 2B-4T, Falcon3 and Falcon-E. */
  LLAMA_BPE(
      List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-e", "falcon_e"),
      true,
      true,
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),

  /** The four expressions llama.cpp falls back to for a file that names no pre-tokenizer. */
  DEFAULT(
      List.of("default"),
      false,
      false,
      "[\\p{P}\\$\\+<=>\\^~\\|]+",
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)",
      "\\p{N}+",
      "[0-9][0-9][0-9]");

  private final List<String> names;
  private final boolean addsBos;
  private final boolean ignoresMerges;
  private final List<Pattern> patterns;

  PreTokenizer(List<String> names, boolean addsBos, boolean ignoresMerges, String... expressions) {
    this.names = names;
    this.addsBos = addsBos;
    this.ignoresMerges = ignoresMerges;
    this.patterns = Arrays.stream(expressions).map(PreTokenizer::compile).toList();
  }

  /** The pre-tokenizer known as {@code name} in {@code tokenizer.ggml.pre}. */
  public static Optional<PreTokenizer> named(String name) {
    return Arrays.stream(values()).filter(p -> p.names.contains(name)).findFirst();
  }

  /** Every name in {@code tokenizer.ggml.pre} that is understood. */
  static List<String> allNames() {
    return Arrays.stream(values()).flatMap(p -> p.names.stream()).toList();
  }

  /** The names of this pre-tokenizer in {@code tokenizer.ggml.pre}, its main one first. */
  public List<String> names() {
    return names;
  }

  /** Whether BOS precedes encoded text when the file does not say. */
  boolean addsBos() {
    return addsBos;
  }

  /** Whether a piece that is a token of the vocabulary is taken whole, without merging. */
  boolean ignoresMerges() {
    return ignoresMerges;
  }

  /** The end offset of every piece of {@code text}, in order; the last one is its length. */
  int[] pieceEnds(String text) {
    int[] ends = text.isEmpty() ? new int[0] : new int[] {text.length()};
    for (var pattern : patterns) {
      ends = cut(pattern.matcher(text), ends);
    }
    return ends;
  }

  private static int[] cut(Matcher matcher, int[] ends) {
    var cuts = new IntList();
    int start = 0;
    for (int end : ends) {
      matcher.region(start, end);
      while (matcher.find()) {
        if (matcher.start() > start) {
          cuts.add(matcher.start());
        }
        if (matcher.end() > matcher.start()) {
          cuts.add(matcher.end());
        }
        start = matcher.end();
      }
      if (start < end) {
        cuts.add(end);
      }
      start = end;
    }
    return cuts.toArray();
  }

  private static Pattern compile(String expression) {
    return Pattern.compile(
        expression
            .replace("(?i:", "(?iu:")
            .replace("\\s", "\\p{IsWhite_Space}")
            .replace("\\S", "\\P{IsWhite_Space}"));
  }
}
