package io.github.bitnet4j.text;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Cuts text into the pieces within which byte pairs are merged.
 *
 * <p>Each constant carries the regular expressions published for it, and a {@link PieceSplitter}
 * that gives the same pieces. The expressions are applied in sequence: every later one cuts the
 * pieces left by the earlier ones, seeing nothing beyond its piece; matches and the gaps between
 * them all become pieces. Classes have Unicode's meaning: {@code \s} is the property White_Space
 * (so U+0085 but not U+FEFF), {@code (?i:)} folds case as Unicode does (so {@code 'ſ} is a
 * contraction like {@code 's}), and an unpaired surrogate is neither letter, number nor space.
 * Letters and numbers are those of the running JDK's version of Unicode.
 *
 * <p>The time taken is linear in the length of the text.
 */
public enum PreTokenizer {
  /** Llama 3's expression, used by BitNet b1.58 2B-4T, Falcon3, Falcon-H1 and Falcon-E. */
  LLAMA_BPE(
      List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "falcon-e", "falcon_e"),
      true,
      true,
      new Llama3Splitter(3),
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),

  /**
   * Qwen 2's expression, used by the BitNet embedding models made from Qwen 3: Llama 3's with every
   * digit by itself. Text is not normalized to NFC first, so that decoding gives it back unchanged.
   */
  QWEN2(
      List.of("qwen2", "deepseek-r1-qwen", "megrez"),
      false,
      false,
      new Llama3Splitter(1),
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),

  /** The four expressions llama.cpp falls back to for a file that names no pre-tokenizer. */
  DEFAULT(
      List.of("default"),
      false,
      false,
      new DefaultSplitter(),
      "[\\p{P}\\$\\+<=>\\^~\\|]+",
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)",
      "\\p{N}+",
      "[0-9][0-9][0-9]");

  private final List<String> names;
  private final boolean addsBos;
  private final boolean ignoresMerges;
  private final PieceSplitter splitter;
  private final List<String> expressions;

  PreTokenizer(
      List<String> names,
      boolean addsBos,
      boolean ignoresMerges,
      PieceSplitter splitter,
      String... expressions) {
    this.names = names;
    this.addsBos = addsBos;
    this.ignoresMerges = ignoresMerges;
    this.splitter = splitter;
    this.expressions = List.of(expressions);
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

  /** The published expressions that {@link #splitter} stands for, in the order they apply. */
  List<String> expressions() {
    return expressions;
  }

  /** Finds the pieces. */
  PieceSplitter splitter() {
    return splitter;
  }
}
