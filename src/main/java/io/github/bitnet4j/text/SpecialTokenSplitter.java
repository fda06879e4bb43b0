package io.github.bitnet4j.text;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Finds special tokens in text by exact match: the longest texts first, wherever they stand, then
 * shorter ones in what is left; among equals the leftmost. Immutable and thread-safe.
 */
final class SpecialTokenSplitter {
  private final Map<String, Integer> idOfText;
  private final BitSet firstChars = new BitSet();
  private final int[] lengthsLongestFirst;

  SpecialTokenSplitter(Map<String, Integer> idOfText) {
    this.idOfText = Map.copyOf(idOfText);
    this.idOfText.keySet().forEach(text -> firstChars.set(text.charAt(0)));
    this.lengthsLongestFirst =
        this.idOfText.keySet().stream()
            .mapToInt(String::length)
            .distinct()
            .map(length -> -length)
            .sorted()
            .map(length -> -length)
            .toArray();
  }

  /**
   * Passes the parts of {@code text} in order: ordinary text to {@code onText} (never empty), ids
   * of special tokens to {@code onToken}.
   */
  void split(String text, Consumer<String> onText, IntConsumer onToken) {
    var covered = new BitSet();
    var starts = new BitSet();
    var lengthAt = new HashMap<Integer, Integer>();
    int[] candidates = candidates(text);
    for (int length : lengthsLongestFirst) {
      for (int start : candidates) {
        int end = start + length;
        if (end <= text.length()
            && !covered.get(start)
            && idOfText.containsKey(text.substring(start, end))
            && isFree(covered, start, end)) {
          covered.set(start, end);
          starts.set(start);
          lengthAt.put(start, length);
        }
      }
    }
    int done = 0;
    for (int start = starts.nextSetBit(0); start >= 0; start = starts.nextSetBit(start + 1)) {
      if (start > done) {
        onText.accept(text.substring(done, start));
      }
      done = start + lengthAt.get(start);
      onToken.accept(idOfText.get(text.substring(start, done)));
    }
    if (done < text.length()) {
      onText.accept(text.substring(done));
    }
  }

  private int[] candidates(String text) {
    var candidates = new IntList();
    if (!idOfText.isEmpty()) {
      for (int i = 0; i < text.length(); i++) {
        if (firstChars.get(text.charAt(i))) {
          candidates.add(i);
        }
      }
    }
    return candidates.toArray();
  }

  private static boolean isFree(BitSet covered, int start, int end) {
    for (int i = start; i < end; i++) {
      if (covered.get(i)) {
        return false;
      }
    }
    return true;
  }
}
