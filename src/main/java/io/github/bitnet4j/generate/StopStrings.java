package io.github.bitnet4j.generate;

import java.util.List;
import java.util.Optional;

/**
 * Watches a text that arrives in pieces for stop strings. What could become part of one is held
 * back until it is certain that it does not. The string found is the one whose end comes first and,
 * of those that end there, the longest: how the text is cut into pieces makes no difference. For
 * one thread.
 */
final class StopStrings {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private Optional<String> found = Optional.empty();

  /** Watches for any of {@code stops}. */
  StopStrings(List<String> stops) {
    this.stops = stops;
  }

  /**
   * Refuses what cannot be a stop string.
   *
   * @throws IllegalArgumentException if {@code text} is empty or has half a surrogate pair
   */
  static void check(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a stop string must have at least one character");
    }
    if (text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
      throw new IllegalArgumentException("a stop string has half a surrogate pair: no such text");
    }
  }

  /**
   * Takes the next piece of the text, whole characters.
   *
   * @return what can be emitted now; once a stop string was found, what was before it, then nothing
   */
  String accept(String piece) {
    if (found.isPresent()) {
      return "";
    }
    int searched = held.length();
    held.append(piece);
    for (int end = searched + 1; end <= held.length(); end++) {
      found = longestEndingAt(end);
      if (found.isPresent()) {
        return take(end - found.get().length());
      }
    }
    return take(held.length() - possibleStart());
  }

  /** Ends the text: what was held back, unless a stop string was found. */
  String finish() {
    return found.isPresent() ? "" : take(held.length());
  }

  /** The stop string that was found. */
  Optional<String> found() {
    return found;
  }

  private Optional<String> longestEndingAt(int end) {
    String longest = "";
    for (String stop : stops) {
      int start = end - stop.length();
      if (stop.length() > longest.length() && start >= 0 && matches(stop, stop.length(), start)) {
        longest = stop;
      }
    }
    return longest.isEmpty() ? Optional.empty() : Optional.of(longest);
  }

  /** The length of the longest end of the text that some stop string begins with. */
  private int possibleStart() {
    int longest = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
        if (matches(stop, length, held.length() - length)) {
          longest = length;
        }
      }
    }
    return longest;
  }

  /** Whether the first {@code length} characters of {@code stop} are in the text at {@code at}. */
  private boolean matches(String stop, int length, int at) {
    for (int i = 0; i < length; i++) {
      if (held.charAt(at + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String take(int count) {
    String taken = held.substring(0, count);
    held.delete(0, count);
    return taken;
  }
}
