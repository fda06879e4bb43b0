package io.github.bitnet4j.text;

import java.util.List;
import java.util.Optional;

/** Tokenizer data as most model files have it. */
final class TokenizerDatas {
  private TokenizerDatas() {}

  /** Byte-level BPE without scores. */
  static TokenizerData byteLevelBpe(
      Optional<String> pre,
      List<String> tokens,
      List<TokenType> types,
      List<String> merges,
      SpecialTokens special) {
    return new TokenizerData(
        "gpt2",
        pre,
        tokens,
        types,
        new float[0],
        merges,
        special,
        Optional.empty(),
        Optional.empty());
  }

  /** SentencePiece with a space in front of text. */
  static TokenizerData sentencePiece(
      List<String> tokens, List<TokenType> types, float[] scores, SpecialTokens special) {
    return new TokenizerData(
        "llama",
        Optional.empty(),
        tokens,
        types,
        scores,
        List.of(),
        special,
        Optional.empty(),
        Optional.empty());
  }

  /** The same with an explicit rule for a space in front of text. */
  static TokenizerData withAddSpacePrefix(TokenizerData data, boolean add) {
    return new TokenizerData(
        data.model(),
        data.pre(),
        data.tokens(),
        data.types(),
        data.scores(),
        data.merges(),
        data.special(),
        Optional.of(add),
        data.chatTemplate());
  }
}
