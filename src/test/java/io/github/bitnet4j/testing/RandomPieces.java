package io.github.bitnet4j.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A SentencePiece vocabulary: unknown, BOS and EOS, the 256 byte tokens from id 3 on, the space
 * mark and the letters from {@link #FIRST_PIECE} on, then pairs of these. Earlier tokens score
 * higher.
 *
 * @param tokens token texts by id
 * @param types token types by id: 1 normal, 2 unknown, 3 control, 6 byte
 * @param scores token scores by id
 */
public record RandomPieces(List<String> tokens, int[] types, float[] scores) {
  /** The id of {@code ▁}; {@code a} to {@code z} follow. */
  public static final int FIRST_PIECE = 3 + 256;

  private static final String CHARACTERS = "▁abcdefghijklmnopqrstuvwxyz";

  /** A vocabulary of {@code size} tokens, at least 286 and at most 1,015. */
  public static RandomPieces of(int size) {
    var tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    var types = new ArrayList<>(List.of(2, 3, 3));
    for (int b = 0; b < 256; b++) {
      tokens.add("<0x%02X>".formatted(b));
      types.add(6);
    }
    CHARACTERS.chars().forEach(c -> tokens.add(Character.toString(c)));
    for (int pair = 0; tokens.size() < size; pair++) {
      int first = pair / CHARACTERS.length();
      tokens.add("" + CHARACTERS.charAt(first) + CHARACTERS.charAt(pair % CHARACTERS.length()));
    }
    types.addAll(Collections.nCopies(size - types.size(), 1));
    var scores = new float[size];
    for (int id = FIRST_PIECE; id < size; id++) {
      scores[id] = FIRST_PIECE - id;
    }
    return new RandomPieces(
        List.copyOf(tokens), types.stream().mapToInt(Integer::intValue).toArray(), scores);
  }
}
