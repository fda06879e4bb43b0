package io.github.bitnet4j.text;

/** Encodes text that holds no special token. One implementation per tokenizer family. */
interface SubwordEncoder {
  /** Appends the ids of {@code text} to {@code out}. */
  void encode(String text, IntList out);
}
