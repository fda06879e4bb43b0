package io.github.bitnet4j.constraint.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * The numbers between two ends.
 *
 * @param min the lower end; empty for none
 * @param max the upper end; empty for none
 */
record NumberRange(Optional<End> min, Optional<End> max) {
  static final NumberRange ALL = new NumberRange(Optional.empty(), Optional.empty());

  /** An end of a range, itself included in it or not. */
  record End(BigDecimal value, boolean included) {
    End negate() {
      return new End(value.negate(), included);
    }

    /** The digits before the decimal point. */
    BigInteger whole() {
      return value.toBigInteger();
    }

    /** The digits after the decimal point, without zeros at the end. */
    String fraction() {
      var fraction = value.remainder(BigDecimal.ONE).stripTrailingZeros().abs();
      return fraction.signum() == 0 ? "" : fraction.toPlainString().substring("0.".length());
    }
  }

  static NumberRange from(BigDecimal value, boolean included) {
    return new NumberRange(Optional.of(new End(value, included)), Optional.empty());
  }

  static NumberRange to(BigDecimal value, boolean included) {
    return new NumberRange(Optional.empty(), Optional.of(new End(value, included)));
  }

  /** The numbers that are in both ranges. */
  NumberRange and(NumberRange other) {
    return new NumberRange(tighter(min, other.min, 1), tighter(max, other.max, -1));
  }

  private static Optional<End> tighter(Optional<End> a, Optional<End> b, int direction) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.or(() -> b);
    }
    int order = a.get().value.compareTo(b.get().value) * direction;
    boolean first = order > 0 || order == 0 && !a.get().included;
    return first ? a : b;
  }

  boolean contains(BigDecimal number) {
    return min.stream().allMatch(e -> reaches(number.compareTo(e.value), e))
        && max.stream().allMatch(e -> reaches(e.value.compareTo(number), e));
  }

  private static boolean reaches(int order, End end) {
    return order > 0 || order == 0 && end.included;
  }

  boolean isEmpty() {
    if (min.isEmpty() || max.isEmpty()) {
      return false;
    }
    int order = min.get().value.compareTo(max.get().value);
    return order > 0 || order == 0 && !(min.get().included && max.get().included);
  }
}
