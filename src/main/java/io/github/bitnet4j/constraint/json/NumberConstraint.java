package io.github.bitnet4j.constraint.json;

import static io.github.bitnet4j.constraint.json.Parts.choice;
import static io.github.bitnet4j.constraint.json.Parts.sequence;
import static io.github.bitnet4j.constraint.json.Parts.text;

import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.json.NumberRange.End;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which numbers a schema allows.
 *
 * @param range between which ends
 * @param integer whether only integers
 * @param multipleOf a number above 0 of which only multiples are allowed
 */
record NumberConstraint(NumberRange range, boolean integer, Optional<BigDecimal> multipleOf) {
  static final NumberConstraint NONE =
      new NumberConstraint(NumberRange.ALL, false, Optional.empty());

  /** Digits of a number at most, before and after the decimal point. */
  private static final int MAX_DIGITS = 100;

  private static final int MAX_DIVISOR = 200;
  private static final BigInteger MAX_LISTED = BigInteger.valueOf(1000);

  /** The numbers that both allow. */
  NumberConstraint and(NumberConstraint other) {
    var multiple =
        multipleOf.isPresent() && other.multipleOf.isPresent()
            ? Optional.of(commonMultiple(multipleOf.get(), other.multipleOf.get()))
            : multipleOf.or(() -> other.multipleOf);
    return new NumberConstraint(range.and(other.range), integer || other.integer, multiple);
  }

  private static BigDecimal commonMultiple(BigDecimal a, BigDecimal b) {
    int scale = Math.max(0, Math.max(a.scale(), b.scale()));
    var left = a.movePointRight(scale).toBigIntegerExact();
    var right = b.movePointRight(scale).toBigIntegerExact();
    return new BigDecimal(left.multiply(right).divide(left.gcd(right)), scale);
  }

  boolean allows(BigDecimal number) {
    return range.contains(number)
        && (!integer || number.stripTrailingZeros().scale() <= 0)
        && multipleOf.stream().allMatch(m -> number.remainder(m).signum() == 0);
  }

  /** Whether it is certain that no number is allowed. */
  boolean isEmpty() {
    return range.isEmpty();
  }

  /**
   * The numbers, in decimal.
   *
   * @param pointer of the schema, for errors
   */
  Expression toExpression(Rules rules, String pointer) {
    if (range.isEmpty()) {
      return Parts.NOTHING;
    }
    if (equals(NONE)) {
      return JsonGrammar.number(rules);
    }
    int digits = JsonGrammar.MAX_INTEGER_DIGITS;
    if (range.min().isPresent() && range.min().get().value().signum() > 0) {
      digits = Math.max(digits, wholeDigits(range.min().get()));
    }
    if (range.max().isPresent() && range.max().get().value().signum() < 0) {
      digits = Math.max(digits, wholeDigits(range.max().get()));
    }
    if (digits > MAX_DIGITS) {
      throw new JsonSchemaException(
          pointer, "asks for numbers of more than %d digits".formatted(MAX_DIGITS));
    }
    var limit = new End(BigDecimal.TEN.pow(digits), false);
    var bounded = range.and(new NumberRange(Optional.of(limit.negate()), Optional.of(limit)));
    var min = bounded.min().orElseThrow();
    var max = bounded.max().orElseThrow();
    return unit()
        .map(u -> multiples(rules, min, max, u, pointer))
        .orElseGet(() -> new DecimalText(rules, fractionDigits(pointer)).between(min, max));
  }

  /** The number of which all are multiples. */
  private Optional<BigDecimal> unit() {
    var unit = multipleOf;
    if (integer) {
      unit = Optional.of(unit.map(u -> commonMultiple(u, BigDecimal.ONE)).orElse(BigDecimal.ONE));
    }
    return unit.map(BigDecimal::stripTrailingZeros);
  }

  private static int wholeDigits(End end) {
    long digits = (long) end.value().precision() - end.value().scale();
    return (int) Math.max(1, Math.min(digits, Integer.MAX_VALUE));
  }

  /** One more than the ends have, so that there is something between two that are close. */
  private int fractionDigits(String pointer) {
    int digits = JsonGrammar.MAX_FRACTION_DIGITS;
    for (var end : List.of(range.min(), range.max())) {
      digits = Math.max(digits, end.map(e -> e.value().stripTrailingZeros().scale() + 1).orElse(0));
    }
    if (digits > MAX_DIGITS) {
      throw new JsonSchemaException(
          pointer,
          "has a limit of more than %d digits after the decimal point".formatted(MAX_DIGITS - 1));
    }
    return digits;
  }

  private static Expression multiples(
      Rules rules, End min, End max, BigDecimal unit, String pointer) {
    if (Math.abs((long) unit.scale()) > MAX_DIGITS || unit.precision() > MAX_DIGITS) {
      throw new JsonSchemaException(
          pointer, "has a multipleOf of more than %d digits".formatted(MAX_DIGITS));
    }
    var first = quotient(min, unit, RoundingMode.CEILING);
    var last = quotient(max, unit, RoundingMode.FLOOR);
    if (first.compareTo(last) > 0) {
      return Parts.NOTHING;
    }
    boolean isPowerOfTen = unit.unscaledValue().equals(BigInteger.ONE);
    if (isPowerOfTen && unit.scale() > 0) {
      return new DecimalText(rules, unit.scale()).between(min, max);
    }
    boolean countable = unit.scale() <= 0;
    int divisor = unit.unscaledValue().bitLength() < 31 ? unit.unscaledValue().intValue() : 0;
    if (countable && isPowerOfTen || countable && divisor > 0 && divisor <= MAX_DIVISOR) {
      return multiplesOf(rules, divisor, -unit.scale(), first, last);
    }
    if (last.subtract(first).compareTo(MAX_LISTED) >= 0) {
      throw new JsonSchemaException(
          pointer,
          ("multiples of %s can only be kept to in a range of at most %d of them; give a narrower"
                  + " minimum and maximum")
              .formatted(unit.toPlainString(), MAX_LISTED));
    }
    var all = new ArrayList<Expression>();
    for (var n = first; n.compareTo(last) <= 0; n = n.add(BigInteger.ONE)) {
      var multiple = unit.multiply(new BigDecimal(n)).stripTrailingZeros();
      all.add(text(multiple.toPlainString()));
    }
    return choice(all);
  }

  private static BigInteger quotient(End end, BigDecimal unit, RoundingMode inwards) {
    var quotient = end.value().divide(unit, 0, inwards).toBigIntegerExact();
    boolean excluded =
        !end.included() && new BigDecimal(quotient).multiply(unit).compareTo(end.value()) == 0;
    if (!excluded) {
      return quotient;
    }
    return inwards == RoundingMode.FLOOR
        ? quotient.subtract(BigInteger.ONE)
        : quotient.add(BigInteger.ONE);
  }

  /** {@code divisor} times a power of ten, times {@code first} to {@code last}. */
  private static Expression multiplesOf(
      Rules rules, int divisor, int zeros, BigInteger first, BigInteger last) {
    var integers = new IntegerText(rules, divisor);
    var factor = BigInteger.valueOf(divisor);
    var low = first.multiply(factor);
    var high = last.multiply(factor);
    if (zeros == 0) {
      return integers.between(low, high);
    }
    var one = BigInteger.ONE;
    return choice(
        sequence(integers.between(low, high.min(one.negate())), text("0".repeat(zeros))),
        low.signum() <= 0 && high.signum() >= 0 ? text("0") : Parts.NOTHING,
        sequence(integers.between(low.max(one), high), text("0".repeat(zeros))));
  }
}
