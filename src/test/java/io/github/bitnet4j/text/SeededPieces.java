package io.github.bitnet4j.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * SentencePiece vocabularies of seeded tokens over a few characters, with many equal scores. Ids: 0
 * unknown, 1 BOS, 2 EOS, then the 256 byte tokens.
 */
final class SeededPieces {
  static final int FIRST_BYTE = 3;
  static final int FIRST_PIECE = FIRST_BYTE + 256;
  private static final String[] LETTERS = {"a", "b", "c", "▁", "é", "中", "😀"};

  private SeededPieces() {}

  /** {@code more} normal tokens, the first with the highest score. */
  static TokenizerData of(String... more) {
    var scores = new float[more.length];
    for (int i = 0; i < more.length; i++) {
      scores[i] = -i;
    }
    return data(List.of(more), scores);
  }

  static TokenizerData seeded(int size, long seed) {
    var random = new Random(seed);
    var pieces = new ArrayList<>(List.of("a", "b", "▁", "é", "😀"));
    while (pieces.size() < size) {
      var piece = new StringBuilder();
      for (int n = 2 + random.nextInt(3); n > 0; n--) {
        piece.append(LETTERS[random.nextInt(LETTERS.length)]);
      }
      if (!pieces.contains(piece.toString())) {
        pieces.add(piece.toString());
      }
    }
    var scores = new float[size];
    for (int i = 0; i < size; i++) {
      scores[i] = -random.nextInt(10);
    }
    return data(pieces, scores);
  }

  static String text(Random random, int maxLength) {
    var text = new StringBuilder();
    for (int n = random.nextInt(maxLength + 1); n > 0; n--) {
      text.append(LETTERS[random.nextInt(LETTERS.length)].replace('▁', ' '));
    }
    return text.toString();
  }

  private static TokenizerData data(List<String> pieces, float[] pieceScores) {
    var tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    var types = new ArrayList<>(List.of(TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL));
    for (int b = 0; b < 256; b++) {
      tokens.add("<0x%02X>".formatted(b));
      types.add(TokenType.BYTE);
    }
    tokens.addAll(pieces);
    pieces.forEach(piece -> types.add(TokenType.NORMAL));
    var scores = new float[tokens.size()];
    System.arraycopy(pieceScores, 0, scores, FIRST_PIECE, pieceScores.length);
    return TokenizerDatas.sentencePiece(tokens, types, scores, SpecialTokens.NONE);
  }
}
