package io.github.bitnet4j.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** What {@code tokenizer.ggml.model} says about how tokens are written and text is encoded. */
enum TokenizerFamily {
  /** Token texts are bytes in GPT-2's alphabet; an ordered list of merges makes them. */
  BYTE_LEVEL_BPE("gpt2", "byte-level BPE"),

  /**
   * Token texts are plain text with {@link #SPACE_MARK} for a space; scores order the merges, and
   * single bytes are written {@code <0xHH>}.
   */
  SENTENCE_PIECE("llama", "SentencePiece BPE");

  /** Stands for a space in the token texts of {@link #SENTENCE_PIECE}. */
  static final char SPACE_MARK = '\u2581';

  private final String model;
  private final String description;

  TokenizerFamily(String model, String description) {
    this.model = model;
    this.description = description;
  }

  /**
   * The family a model file names.
   *
   * @throws InvalidTokenizerData if it names another
   */
  static TokenizerFamily of(TokenizerData data) {
    return Arrays.stream(values())
        .filter(family -> family.model.equals(data.model()))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidTokenizerData(
                    TokenizerData.MODEL,
                    "is \"%s\", which is not supported; supported are %s"
                        .formatted(
                            data.model(),
                            Arrays.stream(values())
                                .map(f -> "\"%s\" (%s)".formatted(f.model, f.description))
                                .collect(Collectors.joining(" and ")))));
  }

  /**
   * The ids with a role. Files of the SentencePiece family may leave out the ids that its trainer
   * gives by default: unknown 0, BOS 1 and EOS 2, taken where the vocabulary has a token of the
   * right type there. For other families no id is guessed.
   */
  SpecialTokens special(TokenizerData data) {
    var special = data.special();
    if (this == BYTE_LEVEL_BPE) {
      return special;
    }
    return new SpecialTokens(
        special.bos().isPresent() ? special.bos() : defaultId(data, 1, TokenType.CONTROL),
        special.eos().isPresent() ? special.eos() : defaultId(data, 2, TokenType.CONTROL),
        special.eot(),
        special.eom(),
        special.unknown().isPresent() ? special.unknown() : defaultId(data, 0, TokenType.UNKNOWN),
        special.padding(),
        special.addBos(),
        special.addEos());
  }

  /** The type of a token: as the file says, or what its text shows where the file is silent. */
  TokenType type(TokenizerData data, int id) {
    if (this == SENTENCE_PIECE && data.types().isEmpty()) {
      return byteOf(data.tokens().get(id)) >= 0 ? TokenType.BYTE : TokenType.NORMAL;
    }
    return data.type(id);
  }

  /**
   * The bytes a token stands for.
   *
   * @throws InvalidTokenizerData if a byte token is not written as one
   */
  byte[] bytes(TokenType type, String text, int id) {
    return switch (type) {
      case CONTROL, UNKNOWN -> text.getBytes(StandardCharsets.UTF_8);
      case USER_DEFINED -> plainText(text).getBytes(StandardCharsets.UTF_8);
      case UNDEFINED, NORMAL, UNUSED ->
          this == BYTE_LEVEL_BPE
              ? ByteAlphabet.decode(text)
              : plainText(text).getBytes(StandardCharsets.UTF_8);
      case BYTE ->
          this == BYTE_LEVEL_BPE ? ByteAlphabet.decode(text) : new byte[] {byteToken(text, id)};
    };
  }

  /** What a user-defined token's text looks like in plain text. */
  String plainText(String text) {
    return this == SENTENCE_PIECE ? text.replace(SPACE_MARK, ' ') : text;
  }

  /** The byte (0–255) that {@code <0xHH>} stands for, or −1 for any other text. */
  static int byteOf(String text) {
    if (text.length() != 6 || !text.startsWith("<0x") || text.charAt(5) != '>') {
      return -1;
    }
    int high = Character.digit(text.charAt(3), 16);
    int low = Character.digit(text.charAt(4), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static byte byteToken(String text, int id) {
    int value = byteOf(text);
    if (value < 0) {
      throw new InvalidTokenizerData(
          TokenizerData.TOKENS,
          "entry %d, \"%s\", is a byte token, but is not written <0x00> to <0xFF>"
              .formatted(id, text));
    }
    return (byte) value;
  }

  private static OptionalInt defaultId(TokenizerData data, int id, TokenType type) {
    return id < data.types().size() && data.type(id) == type
        ? OptionalInt.of(id)
        : OptionalInt.empty();
  }
}
