package io.github.bitnet4j.constraint;

import io.github.bitnet4j.text.Compatibility;
import io.github.bitnet4j.text.SpecialTokens;
import io.github.bitnet4j.text.TokenType;
import io.github.bitnet4j.text.Tokenizer;
import io.github.bitnet4j.text.TokenizerData;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;

/** Small vocabularies, none of which merges anything. */
public final class Vocabularies {
  private Vocabularies() {}

  /**
   * Byte-level BPE: BOS as token 0, EOS as 1, an unused token 2 written {@code a}, the 256 bytes
   * from 3 on, then random pieces of text, some of which begin or end within a character.
   */
  static Tokenizer bytes(long seed, String characters) {
    var random = new Random(seed);
    var texts = new LinkedHashSet<String>();
    while (texts.size() < 60) {
      var piece = new ByteArrayOutputStream();
      int[] codePoints = characters.codePoints().toArray();
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        var character = Character.toString(codePoints[random.nextInt(codePoints.length)]);
        piece.writeBytes(character.getBytes(StandardCharsets.UTF_8));
      }
      byte[] all = piece.toByteArray();
      int from = random.nextInt(4) == 0 ? random.nextInt(all.length) : 0;
      int to = random.nextInt(4) == 0 ? from + random.nextInt(all.length - from) : all.length;
      if (to - from > 1) {
        texts.add(write(java.util.Arrays.copyOfRange(all, from, to)));
      }
    }
    return withTexts(List.copyOf(texts));
  }

  /** As {@link #bytes}, with the given pieces. */
  public static Tokenizer withPieces(String... pieces) {
    var texts = new ArrayList<String>();
    for (var piece : pieces) {
      texts.add(write(piece.getBytes(StandardCharsets.UTF_8)));
    }
    return withTexts(texts);
  }

  /** A text of four letters that differs from that of every other small number. */
  static String letters(int number) {
    return new String(
        new char[] {
          (char) ('a' + number % 26),
          (char) ('a' + number / 26 % 26),
          (char) ('a' + number / 676 % 26),
          'x'
        });
  }

  /** As {@link #bytes}, with added tokens of one type in place of the pieces. */
  public static Tokenizer withAdded(TokenType type, String... texts) {
    return withTexts(List.of(texts), type);
  }

  private static Tokenizer withTexts(List<String> texts) {
    return withTexts(texts, TokenType.NORMAL);
  }

  private static Tokenizer withTexts(List<String> texts, TokenType type) {
    var tokens = new ArrayList<>(List.of("<s>", "</s>", "a"));
    var types = new ArrayList<>(List.of(TokenType.CONTROL, TokenType.CONTROL, TokenType.UNUSED));
    for (int value = 0; value < 256; value++) {
      tokens.add(write(new byte[] {(byte) value}));
    }
    while (types.size() < tokens.size()) {
      types.add(TokenType.NORMAL);
    }
    for (var text : texts) {
      tokens.add(text);
      types.add(type);
    }
    return tokenizer("gpt2", tokens, types);
  }

  /**
   * SentencePiece: unknown, BOS, EOS, then pieces, of which those in brackets are user-defined; all
   * bytes after them if {@code fallback}.
   */
  static Tokenizer pieces(boolean fallback, String... pieces) {
    var tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    var types = new ArrayList<>(List.of(TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL));
    for (var piece : pieces) {
      boolean added = piece.startsWith("[");
      tokens.add(added ? piece.substring(1, piece.length() - 1) : piece);
      types.add(added ? TokenType.USER_DEFINED : TokenType.NORMAL);
    }
    for (int value = 0; fallback && value < 256; value++) {
      tokens.add("<0x%02X>".formatted(value));
      types.add(TokenType.BYTE);
    }
    return tokenizer("llama", tokens, types);
  }

  private static Tokenizer tokenizer(String model, List<String> tokens, List<TokenType> types) {
    boolean pieces = model.equals("llama");
    var special = SpecialTokens.NONE.withBosAndEos(pieces ? 1 : 0, pieces ? 2 : 1);
    var data =
        new TokenizerData(
            model,
            pieces ? Optional.empty() : Optional.of("default"),
            tokens,
            types,
            new float[pieces ? tokens.size() : 0],
            List.of(),
            pieces
                ? new SpecialTokens(
                    special.bos(),
                    special.eos(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    OptionalInt.of(0),
                    OptionalInt.empty(),
                    Optional.empty(),
                    Optional.empty())
                : special,
            Optional.empty(),
            Optional.empty());
    return Tokenizer.of(data, Compatibility.HUGGING_FACE);
  }

  /** Bytes in GPT-2's alphabet. */
  private static String write(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .chars()
        .map(Vocabularies::character)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static int character(int value) {
    int others = 0;
    for (int i = 0; i <= value; i++) {
      boolean itself = i >= 33 && i <= 126 || i >= 161 && i <= 172 || i >= 174;
      if (i == value && itself) {
        return value;
      }
      others += itself ? 0 : 1;
    }
    return 256 + others - 1;
  }
}
