package io.github.bitnet4j.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The tokens of a model: id to text, bytes and type, text to id, and the ids with a role.
 *
 * <p>Two faults of published files are repaired on the way in: a BOS text stored in front of the
 * text of added tokens ({@code <|begin_of_text|><|eot_id|>}) is removed, and tokens that end a turn
 * or are named BOS, EOS, EOT or EOM and look like a marker ({@code <…>}) become control tokens
 * whatever type they were given. Immutable and thread-safe.
 */
public final class Vocabulary {
  /** Texts that end a turn in the model families known, whatever ids the file names. */
  private static final Set<String> END_OF_GENERATION_TEXTS =
      Set.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "<|eom_id|>",
          "<EOT>");

  private final String[] texts;
  private final byte[][] bytes;
  private final TokenType[] types;
  private final TextIndex index;
  private final TokenizerFamily family;
  private final SpecialTokens special;
  private final BitSet endOfGeneration = new BitSet();
  private final int repairedTexts;

  Vocabulary(TokenizerData data) {
    int size = data.tokens().size();
    family = TokenizerFamily.of(data);
    special = family.special(data);
    texts = data.tokens().toArray(String[]::new);
    repairedTexts = removeBosPrefixes(texts, special.bos());
    types = new TokenType[size];
    bytes = new byte[size][];
    index = new TextIndex(texts);
    for (int id = 0; id < size; id++) {
      types[id] = family.type(data, id);
      if (END_OF_GENERATION_TEXTS.contains(texts[id])) {
        types[id] = TokenType.CONTROL;
        endOfGeneration.set(id);
      }
    }
    for (var role : List.of(special.eos(), special.eot(), special.eom())) {
      role.ifPresent(endOfGeneration::set);
    }
    for (var role : List.of(special.bos(), special.eos(), special.eot(), special.eom())) {
      if (role.isPresent() && isMarker(texts[role.getAsInt()])) {
        types[role.getAsInt()] = TokenType.CONTROL;
      }
    }
    for (int id = 0; id < size; id++) {
      bytes[id] = family.bytes(types[id], texts[id], id);
    }
  }

  /** The number of tokens; ids run from 0 to one less. */
  public int size() {
    return texts.length;
  }

  /**
   * The text of a token as the vocabulary writes it, for byte-level BPE in GPT-2's byte alphabet
   * ({@code Ġthe} for {@code " the"}), for SentencePiece with {@code ▁} for a space.
   *
   * @throws IllegalArgumentException if {@code id} names no token
   */
  public String text(int id) {
    return texts[checked(id)];
  }

  /**
   * The bytes a token stands for, UTF-8 or a part of it; a fresh copy.
   *
   * @throws IllegalArgumentException if {@code id} names no token
   */
  public byte[] bytes(int id) {
    return bytes[checked(id)].clone();
  }

  /**
   * The type of a token.
   *
   * @throws IllegalArgumentException if {@code id} names no token
   */
  public TokenType type(int id) {
    return types[checked(id)];
  }

  /**
   * The id of the token written {@code text} in the vocabulary; the lowest if there are several.
   */
  public OptionalInt find(String text) {
    int id = index.find(text);
    return id == TextIndex.NONE ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The id of the control token {@code text}, such as {@code <|eot_id|>}. */
  public OptionalInt findControl(String text) {
    var id = find(text);
    return id.isPresent() && types[id.getAsInt()] == TokenType.CONTROL ? id : OptionalInt.empty();
  }

  /** The beginning-of-sequence token. */
  public OptionalInt bos() {
    return special.bos();
  }

  /** The end-of-sequence token. */
  public OptionalInt eos() {
    return special.eos();
  }

  /** The end-of-turn token: the one the file names, else {@code <|eot_id|>} where there is one. */
  public OptionalInt eot() {
    return special.eot().isPresent() ? special.eot() : findControl("<|eot_id|>");
  }

  /** The token for text the vocabulary cannot express. */
  public OptionalInt unknown() {
    return special.unknown();
  }

  /** The token that fills up batches. */
  public OptionalInt padding() {
    return special.padding();
  }

  /** Whether generation stops at this token: EOS, EOT, EOM or a known end-of-turn text. */
  public boolean isEndOfGeneration(int id) {
    return endOfGeneration.get(checked(id));
  }

  /** The ids at which generation stops, in rising order. */
  public int[] endOfGeneration() {
    return endOfGeneration.stream().toArray();
  }

  /** How many token texts carried a BOS prefix that was removed. */
  int repairedTexts() {
    return repairedTexts;
  }

  /** The bytes of a token, not copied; callers only read. */
  byte[] sharedBytes(int id) {
    return bytes[checked(id)];
  }

  /** All token texts, to look up without making strings. */
  TextIndex index() {
    return index;
  }

  /** How tokens are written and text is encoded. */
  TokenizerFamily family() {
    return family;
  }

  /** The texts that all tokens of the given types have in plain text, with their ids. */
  Map<String, Integer> textsOfTypes(Set<TokenType> wanted) {
    var found = new HashMap<String, Integer>();
    for (int id = 0; id < texts.length; id++) {
      if (wanted.contains(types[id]) && !texts[id].isEmpty()) {
        found.putIfAbsent(family.plainText(texts[id]), id);
      }
    }
    return found;
  }

  private int checked(int id) {
    if (id < 0 || id >= texts.length) {
      throw new IllegalArgumentException(
          "Token id %d is outside the vocabulary, whose ids are 0 to %d"
              .formatted(id, texts.length - 1));
    }
    return id;
  }

  private static boolean isMarker(String text) {
    return text.length() > 2 && text.startsWith("<") && text.endsWith(">");
  }

  /** Removes the BOS text in front of marker texts, in place; returns how many carried it. */
  private static int removeBosPrefixes(String[] texts, OptionalInt bosId) {
    Optional<String> bos = bosId.stream().mapToObj(id -> undoubled(texts[id])).findFirst();
    if (bos.isEmpty() || !isMarker(bos.get())) {
      return 0;
    }
    var repaired = new ArrayList<Integer>();
    for (int id = 0; id < texts.length; id++) {
      var text = texts[id];
      if (text.startsWith(bos.get()) && isMarker(text.substring(bos.get().length()))) {
        texts[id] = text.substring(bos.get().length());
        repaired.add(id);
      }
    }
    return repaired.size();
  }

  /** {@code "xx"} to {@code "x"}: BOS itself carries the prefix too in the files at fault. */
  private static String undoubled(String text) {
    int half = text.length() / 2;
    var first = text.substring(0, half);
    return half > 0 && text.equals(first + first) ? first : text;
  }
}
