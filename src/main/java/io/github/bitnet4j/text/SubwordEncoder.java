package io.github.bitnet4j.text;

/** Encodes text that holds no special token. One implementation per tokenizer family. */
interface SubwordEncoder {
  /**
   * Appends the ids of {@code text} to {@code out}.
   *
   * @param text not empty
   * @param continued whether the text goes on where earlier text ended
   */
  void encode(String text, boolean continued, IntList out);

  /**
   * Whether text that has these two chars next to each other may be cut between them: encoding the
   * parts, the second as continued, then gives the tokens of the whole.
   */
  boolean mayCut(char before, char after);
}
