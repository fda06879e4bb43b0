package io.github.bitnet4j.text;

/** What decoding does with control tokens such as BOS and {@code <|eot_id|>}. */
public enum ControlTokens {
  /** Leave them out. */
  OMIT,
  /** Write their text. */
  SHOW
}
