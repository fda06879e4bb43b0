package io.github.bitnet4j.constraint.json;

import static io.github.bitnet4j.constraint.json.Parts.choice;
import static io.github.bitnet4j.constraint.json.Parts.digits;
import static io.github.bitnet4j.constraint.json.Parts.optional;
import static io.github.bitnet4j.constraint.json.Parts.sequence;
import static io.github.bitnet4j.constraint.json.Parts.text;

import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.json.NumberRange.End;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;

/** Expressions of the decimal numbers of a range, without exponents. */
final class DecimalText {
  private final IntegerText integers;
  private final int fractionDigits;

  /**
   * @param fractionDigits digits after the decimal point at most
   */
  DecimalText(Rules rules, int fractionDigits) {
    integers = new IntegerText(rules, 1);
    this.fractionDigits = fractionDigits;
  }

  /** The decimals from {@code min} to {@code max}; there is no minus before a zero. */
  Expression between(End min, End max) {
    var zero = BigDecimal.ZERO;
    var alternatives = new ArrayList<Expression>();
    if (min.value().signum() < 0) {
      var smallest = max.value().signum() < 0 ? max.negate() : new End(zero, false);
      alternatives.add(sequence(text("-"), positive(smallest, min.negate())));
    }
    if (max.value().signum() >= 0) {
      alternatives.add(positive(min.value().signum() < 0 ? new End(zero, true) : min, max));
    }
    return choice(alternatives);
  }

  private Expression positive(End low, End high) {
    var first = low.whole();
    var last = high.whole();
    if (first.equals(last)) {
      return sequence(text(first.toString()), fraction(low, high, true, true));
    }
    if (first.compareTo(last) > 0) {
      return Parts.NOTHING;
    }
    return choice(
        sequence(text(first.toString()), fraction(low, high, true, false)),
        sequence(
            integers.between(first.add(BigInteger.ONE), last.subtract(BigInteger.ONE)),
            fraction(low, high, false, false)),
        sequence(text(last.toString()), fraction(low, high, false, true)));
  }

  /**
   * The decimal point and the digits after it, or nothing.
   *
   * @param atLow whether the digits before are those of {@code low}
   * @param atHigh whether the digits before are those of {@code high}
   */
  private Expression fraction(End low, End high, boolean atLow, boolean atHigh) {
    var bounds = new Bounds(low.fraction(), low.included(), high.fraction(), high.included());
    var digits = fractionDigits == 0 ? Parts.NOTHING : bounds.digit(0, atLow, atHigh);
    var point = sequence(text("."), digits);
    return bounds.mayEnd(0, atLow, atHigh) ? optional(point) : point;
  }

  /** The digits after the decimal point that {@code low} and {@code high} allow. */
  private final class Bounds {
    private final String low;
    private final boolean lowIncluded;
    private final String high;
    private final boolean highIncluded;

    private Bounds(String low, boolean lowIncluded, String high, boolean highIncluded) {
      this.low = low;
      this.lowIncluded = lowIncluded;
      this.high = high;
      this.highIncluded = highIncluded;
    }

    private static int at(String digits, int position) {
      return position < digits.length() ? digits.charAt(position) - '0' : 0;
    }

    private boolean mayEnd(int position, boolean atLow, boolean atHigh) {
      return (!atLow || lowIncluded && position >= low.length())
          && (!atHigh || highIncluded || position < high.length());
    }

    /** The digits from {@code position} on, if any. */
    private Expression rest(int position, boolean atLow, boolean atHigh) {
      int left = fractionDigits - position;
      if (!atLow && !atHigh) {
        return digits(0, left);
      }
      var more = left == 0 ? Parts.NOTHING : digit(position, atLow, atHigh);
      return mayEnd(position, atLow, atHigh) ? optional(more) : more;
    }

    /** The digit at {@code position} and those after it. */
    private Expression digit(int position, boolean atLow, boolean atHigh) {
      int first = atLow ? at(low, position) : 0;
      int last = atHigh ? at(high, position) : 9;
      if (first > last) {
        return Parts.NOTHING;
      }
      if (atLow && atHigh && first == last) {
        return step(first, position, true, true);
      }
      var alternatives = new ArrayList<Expression>();
      if (atLow) {
        alternatives.add(step(first++, position, true, false));
      }
      Expression atMost = Parts.NOTHING;
      if (atHigh) {
        atMost = step(last--, position, false, true);
      }
      alternatives.add(
          sequence(Parts.digit(first, last), digits(0, fractionDigits - position - 1)));
      alternatives.add(atMost);
      return choice(alternatives);
    }

    private Expression step(int digit, int position, boolean atLow, boolean atHigh) {
      return sequence(text(Integer.toString(digit)), rest(position + 1, atLow, atHigh));
    }
  }
}
