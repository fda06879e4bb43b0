package io.github.bitnet4j.constraint.json;

import static io.github.bitnet4j.constraint.Expression.Repeat.UNBOUNDED;

import io.github.bitnet4j.constraint.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Which arrays a schema allows.
 *
 * @param unique whether no two elements are equal
 * @param min elements at least
 * @param max elements at most, or {@link Expression.Repeat#UNBOUNDED}
 * @param prefix what the first elements are
 * @param rest what every other is
 */
record ArrayConstraint(
    boolean unique, int min, int max, List<Conjunction> prefix, Conjunction rest) {
  static final ArrayConstraint NONE =
      new ArrayConstraint(false, 0, UNBOUNDED, List.of(), Conjunction.ANY);

  /** The arrays that both allow. */
  ArrayConstraint and(ArrayConstraint other) {
    var elements = new ArrayList<Conjunction>();
    for (int i = 0; i < Math.max(prefix.size(), other.prefix.size()); i++) {
      elements.add(element(i).and(other.element(i)));
    }
    return new ArrayConstraint(
        unique || other.unique,
        Math.max(min, other.min),
        StringConstraint.smaller(max, other.max),
        elements,
        rest.and(other.rest));
  }

  /** What the element at {@code index} is. */
  Conjunction element(int index) {
    return index < prefix.size() ? prefix.get(index) : rest;
  }

  boolean allowsSize(int size) {
    return size >= min && (max == UNBOUNDED || size <= max);
  }

  boolean hasNoSize() {
    return max != UNBOUNDED && max < min;
  }

  /**
   * The arrays.
   *
   * @param values the expressions of elements
   */
  Expression toExpression(Function<Conjunction, Expression> values) {
    return hasNoSize() ? Parts.NOTHING : JsonGrammar.brackets(from(0, values));
  }

  /** The elements from {@code index} on. */
  private Expression from(int index, Function<Conjunction, Expression> values) {
    if (index == max) {
      return Parts.EMPTY;
    }
    var next = values.apply(element(index));
    Expression more;
    if (index < prefix.size()) {
      more = Parts.sequence(comma(index), next, from(index + 1, values));
    } else if (index == 0) {
      more = Parts.sequence(next, others(1, next));
    } else {
      return others(index, next);
    }
    return index < min ? more : Parts.optional(more);
  }

  private Expression others(int index, Expression next) {
    return Parts.repeat(
        Parts.sequence(JsonGrammar.comma(), next),
        Math.max(0, min - index),
        max == UNBOUNDED ? UNBOUNDED : max - index);
  }

  private static Expression comma(int index) {
    return index == 0 ? Parts.EMPTY : JsonGrammar.comma();
  }
}
