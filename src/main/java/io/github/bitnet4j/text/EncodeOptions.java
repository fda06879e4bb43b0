package io.github.bitnet4j.text;

/**
 * How text becomes tokens.
 *
 * @param bos whether BOS comes first
 * @param eos whether EOS comes last
 * @param parseSpecial whether texts of control tokens such as {@code <|eot_id|>} become those
 *     tokens; leave it off for text that users wrote
 * @param continuesText whether the text goes on where text encoded earlier ended; then no space is
 *     put in front of it where the tokenizer puts one in front of texts
 */
public record EncodeOptions(
    Presence bos, Presence eos, boolean parseSpecial, boolean continuesText) {

  /** Whether a token goes around the text. */
  public enum Presence {
    /** As the model file says. */
    MODEL,
    ADD,
    OMIT
  }

  /** BOS and EOS as the model file says; texts of control tokens are ordinary text. */
  public static final EncodeOptions DEFAULT =
      new EncodeOptions(Presence.MODEL, Presence.MODEL, false, false);

  /** Nothing but the text's own tokens; texts of control tokens are ordinary text. */
  public static final EncodeOptions TEXT_ONLY =
      new EncodeOptions(Presence.OMIT, Presence.OMIT, false, false);

  /** The same with BOS always added or always left out. */
  public EncodeOptions withBos(boolean add) {
    return new EncodeOptions(add ? Presence.ADD : Presence.OMIT, eos, parseSpecial, continuesText);
  }

  /** The same with EOS always added or always left out. */
  public EncodeOptions withEos(boolean add) {
    return new EncodeOptions(bos, add ? Presence.ADD : Presence.OMIT, parseSpecial, continuesText);
  }

  /** The same with texts of control tokens parsed or not. */
  public EncodeOptions withParseSpecial(boolean parse) {
    return new EncodeOptions(bos, eos, parse, continuesText);
  }

  /** The same for text that goes on where earlier text ended, or not. */
  public EncodeOptions withContinuesText(boolean continues) {
    return new EncodeOptions(bos, eos, parseSpecial, continues);
  }
}
