package io.github.bitnet4j.constraint;

import io.github.bitnet4j.constraint.Expression.Choice;
import io.github.bitnet4j.constraint.Expression.Literal;
import io.github.bitnet4j.constraint.Expression.OneOf;
import io.github.bitnet4j.constraint.Expression.Reference;
import io.github.bitnet4j.constraint.Expression.Repeat;
import io.github.bitnet4j.constraint.Expression.Sequence;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Where {@code ^} and {@code $} stand in one regular expression. */
final class Anchors {
  private final SourceText source;

  /** Empty texts that stand for anchors, told apart by identity, with their positions. */
  private final Map<Expression, Integer> begins = new IdentityHashMap<>();

  private final Map<Expression, Integer> ends = new IdentityHashMap<>();

  Anchors(SourceText source) {
    this.source = source;
  }

  Expression newBegin(int position) {
    var anchor = new Sequence(List.of());
    begins.put(anchor, position);
    return anchor;
  }

  Expression newEnd(int position) {
    var anchor = new Sequence(List.of());
    ends.put(anchor, position);
    return anchor;
  }

  /** Whether there is an anchor in {@code expression}. */
  boolean contains(Expression expression) {
    return has(begins, expression) || has(ends, expression);
  }

  /**
   * The expression without anchors, with {@code around} on each side that has none.
   *
   * @throws GrammarException if an anchor stands elsewhere than at the start or end
   */
  Expression resolve(Expression expression, Expression around) {
    var resolved = atEnd(atStart(expression, around), around);
    for (var anchor : begins.keySet()) {
      if (contained(resolved, anchor)) {
        throw source.error(begins.get(anchor), "\"^\" can only stand at the start");
      }
    }
    for (var anchor : ends.keySet()) {
      if (contained(resolved, anchor)) {
        throw source.error(ends.get(anchor), "\"$\" can only stand at the end");
      }
    }
    return resolved;
  }

  private Expression atStart(Expression expression, Expression around) {
    if (begins.containsKey(expression)) {
      return new Sequence(List.of());
    }
    if (has(begins, expression)) {
      if (expression instanceof Choice choice) {
        return new Choice(choice.alternatives().stream().map(a -> atStart(a, around)).toList());
      }
      if (expression instanceof Sequence sequence) {
        var parts = new ArrayList<>(sequence.parts());
        int first = 0;
        // Anchors may be doubled, and one may stand behind an end that is empty.
        while (begins.containsKey(parts.get(first))
            && first + 1 < parts.size()
            && has(begins, parts.get(first + 1))) {
          parts.set(first++, new Sequence(List.of()));
        }
        parts.set(first, atStart(parts.get(first), around));
        return new Sequence(parts);
      }
    }
    return new Sequence(List.of(around, expression));
  }

  private Expression atEnd(Expression expression, Expression around) {
    if (ends.containsKey(expression)) {
      return new Sequence(List.of());
    }
    if (has(ends, expression)) {
      if (expression instanceof Choice choice) {
        return new Choice(choice.alternatives().stream().map(a -> atEnd(a, around)).toList());
      }
      if (expression instanceof Sequence sequence) {
        var parts = new ArrayList<>(sequence.parts());
        int last = parts.size() - 1;
        while (ends.containsKey(parts.get(last)) && last > 0 && has(ends, parts.get(last - 1))) {
          parts.set(last--, new Sequence(List.of()));
        }
        parts.set(last, atEnd(parts.get(last), around));
        return new Sequence(parts);
      }
    }
    return new Sequence(List.of(expression, around));
  }

  private static boolean has(Map<Expression, Integer> anchors, Expression expression) {
    return anchors.keySet().stream().anyMatch(anchor -> contained(expression, anchor));
  }

  private static boolean contained(Expression expression, Expression wanted) {
    if (expression == wanted) {
      return true;
    }
    return switch (expression) {
      case Literal _, OneOf _, Expression.Token _, Reference _ -> false;
      case Sequence sequence -> sequence.parts().stream().anyMatch(p -> contained(p, wanted));
      case Choice choice -> choice.alternatives().stream().anyMatch(a -> contained(a, wanted));
      case Repeat repeat -> contained(repeat.part(), wanted);
    };
  }
}
