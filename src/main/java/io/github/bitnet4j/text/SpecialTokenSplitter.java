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
  private final Node root = new Node();
  private final int[] lengthsLongestFirst;

  /** What may follow the chars read so far, as in a dictionary with a thumb index. */
  private static final class Node {
    final Map<Character, Node> next = new HashMap<>();
    boolean endsText;
  }

  SpecialTokenSplitter(Map<String, Integer> idOfText) {
    this.idOfText = Map.copyOf(idOfText);
    for (var text : this.idOfText.keySet()) {
      firstChars.set(text.charAt(0));
      var node = root;
      for (char c : text.toCharArray()) {
        node = node.next.computeIfAbsent(c, absent -> new Node());
      }
      node.endsText = true;
    }
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
    int[] candidates = candidates(text);
    var lengthAt = new HashMap<Integer, Integer>();
    var starts = candidates.length == 0 ? new BitSet() : chosen(text, candidates, lengthAt);
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

  /** The length of the longest special token's text; 0 if there are none. */
  int longestText() {
    return lengthsLongestFirst.length == 0 ? 0 : lengthsLongestFirst[0];
  }

  /** Whether a special token's text begins before {@code cut} in {@code text} and ends after it. */
  boolean spans(char[] text, int length, int cut) {
    for (int start = Math.max(0, cut - longestText() + 1); start < cut; start++) {
      var node = root;
      for (int i = start; i < length && node != null; i++) {
        node = node.next.get(text[i]);
        if (node != null && node.endsText && i >= cut) {
          return true;
        }
      }
    }
    return false;
  }

  private BitSet chosen(String text, int[] candidates, Map<Integer, Integer> lengthAt) {
    var covered = new BitSet();
    var starts = new BitSet();
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
    return starts;
  }

  /** Where some special token's text stands. */
  private int[] candidates(String text) {
    var candidates = new IntList();
    if (!idOfText.isEmpty()) {
      for (int i = 0; i < text.length(); i++) {
        if (firstChars.get(text.charAt(i)) && beginsSpecial(text, i)) {
          candidates.add(i);
        }
      }
    }
    return candidates.toArray();
  }

  private boolean beginsSpecial(String text, int start) {
    var node = root;
    for (int i = start; i < text.length(); i++) {
      node = node.next.get(text.charAt(i));
      if (node == null) {
        return false;
      }
      if (node.endsText) {
        return true;
      }
    }
    return false;
  }

  private static boolean isFree(BitSet covered, int start, int end) {
    int next = covered.nextSetBit(start);
    return next < 0 || next >= end;
  }
}
