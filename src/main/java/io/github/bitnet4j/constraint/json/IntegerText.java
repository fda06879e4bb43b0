package io.github.bitnet4j.constraint.json;

import static io.github.bitnet4j.constraint.json.Parts.choice;
import static io.github.bitnet4j.constraint.json.Parts.digit;
import static io.github.bitnet4j.constraint.json.Parts.digits;
import static io.github.bitnet4j.constraint.json.Parts.sequence;
import static io.github.bitnet4j.constraint.json.Parts.text;

import io.github.bitnet4j.constraint.Expression;
import java.math.BigInteger;
import java.util.ArrayList;

/**
 * Expressions of the integers of a range, or of the multiples of a number in it, in decimal without
 * leading zeros.
 */
final class IntegerText {
  private final Rules rules;
  private final int divisor;

  /**
   * @param divisor of every integer; 1 or more. The multiples of others than 1 take a rule for each
   *     remainder and number of digits.
   */
  IntegerText(Rules rules, int divisor) {
    this.rules = rules;
    this.divisor = divisor;
  }

  /** The integers from {@code min} to {@code max}, both included. */
  Expression between(BigInteger min, BigInteger max) {
    var alternatives = new ArrayList<Expression>();
    if (min.signum() < 0) {
      var smallest = max.signum() < 0 ? max.negate() : BigInteger.ONE;
      alternatives.add(sequence(text("-"), positive(smallest, min.negate())));
    }
    if (min.signum() <= 0 && max.signum() >= 0) {
      alternatives.add(text("0"));
    }
    if (max.signum() > 0) {
      alternatives.add(positive(min.max(BigInteger.ONE), max));
    }
    return choice(alternatives);
  }

  private Expression positive(BigInteger min, BigInteger max) {
    if (min.compareTo(max) > 0) {
      return Parts.NOTHING;
    }
    String low = min.toString();
    String high = max.toString();
    if (low.length() == high.length()) {
      return sameLength(low, high, 0);
    }
    var alternatives = new ArrayList<Expression>();
    alternatives.add(sameLength(low, "9".repeat(low.length()), 0));
    if (divisor == 1 && low.length() + 1 < high.length()) {
      alternatives.add(sequence(digit(1, 9), digits(low.length(), high.length() - 2)));
    } else {
      for (int length = low.length() + 1; length < high.length(); length++) {
        alternatives.add(anyOf(1, 9, 0, length));
      }
    }
    alternatives.add(sameLength("1" + "0".repeat(high.length() - 1), high, 0));
    return choice(alternatives);
  }

  /**
   * The digits that go on a number from {@code low} to {@code high}.
   *
   * @param remainder of the digits before
   */
  private Expression sameLength(String low, String high, int remainder) {
    if (low.isEmpty()) {
      return remainder == 0 ? Parts.EMPTY : Parts.NOTHING;
    }
    int length = low.length();
    int first = low.charAt(0) - '0';
    int last = high.charAt(0) - '0';
    if (first == last) {
      return onward(first, low.substring(1), high.substring(1), remainder);
    }
    String zeros = "0".repeat(length - 1);
    String nines = "9".repeat(length - 1);
    var alternatives = new ArrayList<Expression>();
    if (!low.endsWith(zeros)) {
      alternatives.add(onward(first++, low.substring(1), nines, remainder));
    }
    Expression atMost = Parts.NOTHING;
    if (!high.endsWith(nines)) {
      atMost = onward(last--, zeros, high.substring(1), remainder);
    }
    alternatives.add(anyOf(first, last, remainder, length));
    alternatives.add(atMost);
    return choice(alternatives);
  }

  private Expression onward(int digit, String low, String high, int remainder) {
    return sequence(
        text(Integer.toString(digit)), sameLength(low, high, (remainder * 10 + digit) % divisor));
  }

  /** {@code length} digits, the first from {@code first} to {@code last}. */
  private Expression anyOf(int first, int last, int remainder, int length) {
    if (divisor == 1) {
      return sequence(digit(first, last), digits(length - 1, length - 1));
    }
    var alternatives = new ArrayList<Expression>();
    for (int digit = first; digit <= last; digit++) {
      int next = (remainder * 10 + digit) % divisor;
      if (length > 1 || next == 0) {
        alternatives.add(sequence(text(Integer.toString(digit)), rest(next, length - 1)));
      }
    }
    return choice(alternatives);
  }

  private Expression rest(int remainder, int length) {
    if (length == 0) {
      return Parts.EMPTY;
    }
    return rules.rule(
        "multiple of %d: %d digits after remainder %d".formatted(divisor, length, remainder),
        () -> anyOf(0, 9, remainder, length));
  }
}
