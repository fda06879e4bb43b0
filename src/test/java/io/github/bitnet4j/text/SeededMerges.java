package io.github.bitnet4j.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Vocabularies whose merges are drawn at random, so that they overlap and tie in every way. */
final class SeededMerges {
  private SeededMerges() {}

  /** All bytes, then {@code merges} tokens of random pairs of earlier tokens over few letters. */
  static TokenizerData data(String pre, int merges, long seed) {
    var random = new Random(seed);
    var tokens = new ArrayList<String>();
    for (int b = 0; b < 256; b++) {
      tokens.add(String.valueOf(ByteAlphabet.charOf(b)));
    }
    var pool = new ArrayList<>(List.of("a", "b", "c", "Ġ"));
    var pairs = new LinkedHashSet<String>();
    while (pairs.size() < merges) {
      var left = pool.get(random.nextInt(pool.size()));
      var right = pool.get(random.nextInt(pool.size()));
      if (left.length() + right.length() <= 12 && pairs.add(left + " " + right)) {
        if (!tokens.contains(left + right)) {
          tokens.add(left + right);
          pool.add(left + right);
        }
      }
    }
    var shuffled = new ArrayList<>(pairs);
    Collections.shuffle(shuffled, random);
    return TokenizerDatas.byteLevelBpe(
        Optional.of(pre), tokens, List.of(), shuffled, SpecialTokens.NONE);
  }
}
