package io.github.bitnet4j.constraint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of Unicode code points that UTF-8 can write: surrogates are never in it. Immutable.
 *
 * @param ranges disjoint, not touching, in rising order
 */
public record CodePointSet(List<Range> ranges) {
  private static final Range BELOW_SURROGATES = new Range(0, 0xD7FF);
  private static final Range ABOVE_SURROGATES = new Range(0xE000, Character.MAX_CODE_POINT);

  /** No code point. */
  public static final CodePointSet NONE = new CodePointSet(List.of());

  /** All code points but the surrogates. */
  public static final CodePointSet ALL =
      new CodePointSet(List.of(BELOW_SURROGATES, ABOVE_SURROGATES));

  /** The code points from {@code first} to {@code last}, both included. */
  public record Range(int first, int last) {
    /**
     * @throws IllegalArgumentException if {@code last} comes before {@code first}, or one of them
     *     is no code point
     */
    public Range {
      if (!Character.isValidCodePoint(first) || !Character.isValidCodePoint(last) || last < first) {
        throw new IllegalArgumentException(
            "U+%04X to U+%04X is no range of code points".formatted(first, last));
      }
    }
  }

  /** Any ranges, brought into order; surrogates are left out. */
  public CodePointSet {
    ranges = normal(ranges);
  }

  /** The code points of {@code text}. */
  public static CodePointSet of(String text) {
    return new CodePointSet(text.codePoints().mapToObj(c -> new Range(c, c)).toList());
  }

  /** The code points from {@code first} to {@code last}, both included. */
  public static CodePointSet range(int first, int last) {
    return new CodePointSet(List.of(new Range(first, last)));
  }

  /** What is in this set or in {@code other}. */
  public CodePointSet or(CodePointSet other) {
    var all = new ArrayList<>(ranges);
    all.addAll(other.ranges);
    return new CodePointSet(all);
  }

  /** What is not in this set. */
  public CodePointSet not() {
    var others = new ArrayList<Range>();
    int next = 0;
    for (var range : ranges) {
      if (range.first > next) {
        others.add(new Range(next, range.first - 1));
      }
      next = range.last + 1;
    }
    if (next <= Character.MAX_CODE_POINT) {
      others.add(new Range(next, Character.MAX_CODE_POINT));
    }
    return new CodePointSet(others);
  }

  /** What is in both this set and {@code other}. */
  public CodePointSet and(CodePointSet other) {
    return not().or(other.not()).not();
  }

  /** Whether the code point is in the set. */
  public boolean contains(int codePoint) {
    return ranges.stream().anyMatch(r -> r.first <= codePoint && codePoint <= r.last);
  }

  private static List<Range> normal(List<Range> ranges) {
    var sorted = new ArrayList<Range>();
    for (var range : ranges) {
      for (var allowed : List.of(BELOW_SURROGATES, ABOVE_SURROGATES)) {
        int first = Math.max(range.first, allowed.first);
        int last = Math.min(range.last, allowed.last);
        if (first <= last) {
          sorted.add(new Range(first, last));
        }
      }
    }
    sorted.sort(Comparator.comparingInt(Range::first));
    var merged = new ArrayList<Range>();
    for (var range : sorted) {
      if (!merged.isEmpty() && range.first <= merged.getLast().last + 1) {
        var before = merged.removeLast();
        merged.add(new Range(before.first, Math.max(before.last, range.last)));
      } else {
        merged.add(range);
      }
    }
    return List.copyOf(merged);
  }
}
