package io.github.bitnet4j.text;

import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a model file says about its tokenizer: the {@code tokenizer.*} metadata, checked for
 * agreement with itself. Immutable as long as {@code scores} is left alone.
 *
 * @param model {@code tokenizer.ggml.model}, the family: {@code gpt2} for byte-level BPE, {@code
 *     llama} for SentencePiece
 * @param pre {@code tokenizer.ggml.pre}, the name of the pre-tokenizer
 * @param tokens text of every token in the alphabet of the family; the index is the token id
 * @param types type of every token; empty when the file gives none, which makes all of them normal
 * @param scores score of every token; empty when the file gives none
 * @param merges pairs of token texts joined by one space, most urgent first
 * @param special ids with a role, and the rules for BOS and EOS
 * @param addSpacePrefix whether SentencePiece puts a space in front of text; empty means yes
 * @param chatTemplate {@code tokenizer.chat_template}, Jinja source
 */
public record TokenizerData(
    String model,
    Optional<String> pre,
    List<String> tokens,
    List<TokenType> types,
    float[] scores,
    List<String> merges,
    SpecialTokens special,
    Optional<Boolean> addSpacePrefix,
    Optional<String> chatTemplate) {

  static final String MODEL = "tokenizer.ggml.model";
  static final String PRE = "tokenizer.ggml.pre";
  static final String TOKENS = "tokenizer.ggml.tokens";
  static final String TYPES = "tokenizer.ggml.token_type";
  static final String SCORES = "tokenizer.ggml.scores";
  static final String MERGES = "tokenizer.ggml.merges";
  static final String CHAT_TEMPLATE = "tokenizer.chat_template";

  /**
   * @throws IllegalArgumentException if there are no tokens, the arrays disagree in length, an id
   *     names no token, or a merge is not two texts with a space between; the message begins with
   *     the metadata key at fault
   */
  public TokenizerData {
    Objects.requireNonNull(model);
    tokens = List.copyOf(tokens);
    types = List.copyOf(types);
    merges = List.copyOf(merges);
    check(!tokens.isEmpty(), TOKENS, "holds no token");
    checkLength(TYPES, types.size(), tokens.size());
    checkLength(SCORES, scores.length, tokens.size());
    checkId("bos", special.bos(), tokens.size());
    checkId("eos", special.eos(), tokens.size());
    checkId("eot", special.eot(), tokens.size());
    checkId("eom", special.eom(), tokens.size());
    checkId("unknown", special.unknown(), tokens.size());
    checkId("padding", special.padding(), tokens.size());
    for (int rank = 0; rank < merges.size(); rank++) {
      var merge = merges.get(rank);
      int space = merge.indexOf(' ', 1);
      check(
          space > 0 && space < merge.length() - 1,
          MERGES,
          "entry %d, \"%s\", is not two token texts with a space between",
          rank,
          merge);
    }
  }

  /**
   * Reads the {@code tokenizer.*} keys of a model file.
   *
   * @throws GgufFormatException if a key is missing, of the wrong type, or at odds with the others
   */
  public static TokenizerData from(GgufMetadata metadata) throws GgufFormatException {
    var tokens = metadata.strings(TOKENS).orElseThrow(() -> metadata.missing(TOKENS));
    int[] codes = metadata.ints(TYPES).orElse(new int[0]);
    var types = new TokenType[codes.length];
    for (int id = 0; id < codes.length; id++) {
      var type = TokenType.ofCode(codes[id]);
      if (type.isEmpty()) {
        throw metadata.invalid(
            TYPES,
            "entry %d is %d, but token types are 0 to %d; convert the model again"
                .formatted(id, codes[id], TokenType.values().length - 1));
      }
      types[id] = type.get();
    }
    var special =
        new SpecialTokens(
            metadata.int32(idKey("bos")),
            metadata.int32(idKey("eos")),
            metadata.int32(idKey("eot")),
            metadata.int32(idKey("eom")),
            metadata.int32(idKey("unknown")),
            metadata.int32(idKey("padding")),
            metadata.bool("tokenizer.ggml.add_bos_token"),
            metadata.bool("tokenizer.ggml.add_eos_token"));
    try {
      return new TokenizerData(
          metadata.requireString(MODEL),
          metadata.string(PRE),
          tokens,
          Arrays.asList(types),
          metadata.floats(SCORES).orElse(new float[0]),
          metadata.strings(MERGES).orElse(List.of()),
          special,
          metadata.bool("tokenizer.ggml.add_space_prefix"),
          metadata.string(CHAT_TEMPLATE));
    } catch (InvalidTokenizerData e) {
      throw metadata.invalid(e.key(), e.problem() + "; convert the model again");
    }
  }

  /** The type of token {@code id}. */
  public TokenType type(int id) {
    return types.isEmpty() ? TokenType.NORMAL : types.get(id);
  }

  /** The metadata key of the id with the role {@code role}, such as {@code bos}. */
  static String idKey(String role) {
    return "tokenizer.ggml." + role + "_token_id";
  }

  private static void checkLength(String key, int length, int tokens) {
    check(
        length == 0 || length == tokens,
        key,
        "has %d entries, but %s has %d",
        length,
        TOKENS,
        tokens);
  }

  private static void checkId(String role, OptionalInt id, int tokens) {
    id.ifPresent(
        value ->
            check(
                value >= 0 && value < tokens,
                idKey(role),
                "is %d, but the vocabulary has ids 0 to %d",
                value,
                tokens - 1));
  }

  private static void check(boolean holds, String key, String message, Object... arguments) {
    if (!holds) {
      throw new InvalidTokenizerData(key, message.formatted(arguments));
    }
  }
}
