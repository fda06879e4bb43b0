package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.CodePointSet;
import io.github.bitnet4j.constraint.Expression;
import java.util.ArrayList;
import java.util.List;

/** Makes expressions, in their plainest form. */
final class Parts {
  /** Matches nothing at all. */
  static final Expression NOTHING = new Expression.Choice(List.of());

  /** Matches the empty text. */
  static final Expression EMPTY = new Expression.Literal("");

  private static final CodePointSet DIGITS = CodePointSet.range('0', '9');

  private Parts() {}

  static Expression text(String text) {
    return new Expression.Literal(text);
  }

  static Expression oneOf(CodePointSet codePoints) {
    return codePoints.ranges().isEmpty() ? NOTHING : new Expression.OneOf(codePoints);
  }

  /** One of the code points of {@code text}. */
  static Expression oneOf(String text) {
    return oneOf(CodePointSet.of(text));
  }

  /** One after the other: nothing at all if one of them is. */
  static Expression sequence(Expression... parts) {
    return sequence(List.of(parts));
  }

  static Expression sequence(List<Expression> parts) {
    var flat = new ArrayList<Expression>();
    for (var part : parts) {
      if (part.equals(NOTHING)) {
        return NOTHING;
      }
      if (part instanceof Expression.Sequence(var inner)) {
        inner.forEach(p -> append(flat, p));
      } else {
        append(flat, part);
      }
    }
    return switch (flat.size()) {
      case 0 -> EMPTY;
      case 1 -> flat.getFirst();
      default -> new Expression.Sequence(flat);
    };
  }

  private static void append(List<Expression> parts, Expression part) {
    if (part instanceof Expression.Literal(var more)) {
      if (more.isEmpty()) {
        return;
      }
      if (!parts.isEmpty() && parts.getLast() instanceof Expression.Literal(var text)) {
        parts.removeLast();
        parts.add(text(text + more));
        return;
      }
    }
    parts.add(part);
  }

  /** Any one of them; those that match nothing are left out. */
  static Expression choice(Expression... alternatives) {
    return choice(List.of(alternatives));
  }

  static Expression choice(List<Expression> alternatives) {
    var flat = new ArrayList<Expression>();
    for (var alternative : alternatives) {
      if (alternative instanceof Expression.Choice(var inner)) {
        flat.addAll(inner);
      } else {
        flat.add(alternative);
      }
    }
    var distinct = flat.stream().distinct().toList();
    return distinct.size() == 1 ? distinct.getFirst() : new Expression.Choice(distinct);
  }

  static Expression optional(Expression part) {
    return repeat(part, 0, 1);
  }

  static Expression anyNumber(Expression part) {
    return repeat(part, 0, Expression.Repeat.UNBOUNDED);
  }

  static Expression repeat(Expression part, int min, int max) {
    if (max == 0 || part.equals(EMPTY)) {
      return EMPTY;
    }
    if (part.equals(NOTHING)) {
      return min == 0 ? EMPTY : NOTHING;
    }
    return min == 1 && max == 1 ? part : new Expression.Repeat(part, min, max);
  }

  /** From {@code min} to {@code max} digits. */
  static Expression digits(int min, int max) {
    return repeat(new Expression.OneOf(DIGITS), min, max);
  }

  /** One digit from {@code first} to {@code last}; nothing if {@code last} is smaller. */
  static Expression digit(int first, int last) {
    return first > last ? NOTHING : oneOf(CodePointSet.range('0' + first, '0' + last));
  }
}
