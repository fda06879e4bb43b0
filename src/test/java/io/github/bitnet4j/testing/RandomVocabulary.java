package io.github.bitnet4j.testing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * A byte-level BPE vocabulary: the 256 byte characters in byte order, merges of common letters, and
 * three control tokens at the end: begin of text, end of text, end of turn.
 *
 * @param tokens token texts by id
 * @param types token types by id: 1 normal, 3 control
 * @param merges "left right", best rank first
 */
public record RandomVocabulary(List<String> tokens, int[] types, List<String> merges) {
  private static final String COMMON = " etaoinshrdlu";
  private static final List<String> CONTROL =
      List.of("<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>");
  private static final int NORMAL_TYPE = 1;
  private static final int CONTROL_TYPE = 3;

  /** A vocabulary of {@code size} tokens, at least 259. */
  public static RandomVocabulary of(int size) {
    int wanted = size - CONTROL.size();
    if (wanted < 256) {
      throw new IllegalArgumentException(size + " tokens do not hold 256 bytes and 3 controls");
    }
    var tokens = new ArrayList<String>(size);
    for (int b = 0; b < 256; b++) {
      tokens.add(byteCharacter(b));
    }
    var merges = new ArrayList<String>();
    addMerges(tokens, merges, wanted);
    tokens.addAll(CONTROL);
    var types = new int[size];
    for (int i = 0; i < size; i++) {
      types[i] = i < wanted ? NORMAL_TYPE : CONTROL_TYPE;
    }
    return new RandomVocabulary(List.copyOf(tokens), types, List.copyOf(merges));
  }

  /** Joins pairs along the diagonals of pool × pool, where each new token joins the pool. */
  private static void addMerges(List<String> tokens, List<String> merges, int wanted) {
    var pool = new ArrayList<String>();
    COMMON.chars().forEach(c -> pool.add(byteCharacter(c)));
    var known = new HashSet<>(tokens);
    for (int diagonal = 0; tokens.size() < wanted; diagonal++) {
      for (int i = 0; i <= diagonal && tokens.size() < wanted; i++) {
        if (Math.max(i, diagonal - i) >= pool.size()) {
          continue;
        }
        String left = pool.get(i);
        String right = pool.get(diagonal - i);
        if (known.add(left + right)) {
          merges.add(left + " " + right);
          tokens.add(left + right);
          pool.add(left + right);
        }
      }
    }
  }

  /** The character that stands for a byte: itself when printable, else the next from U+0100 on. */
  private static String byteCharacter(int b) {
    if (isPrintable(b)) {
      return Character.toString(b);
    }
    int before = 0;
    for (int i = 0; i < b; i++) {
      before += isPrintable(i) ? 0 : 1;
    }
    return Character.toString(256 + before);
  }

  private static boolean isPrintable(int b) {
    return b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
  }
}
