package io.github.bitnet4j.constraint.json;

import static io.github.bitnet4j.constraint.json.Parts.anyNumber;
import static io.github.bitnet4j.constraint.json.Parts.choice;
import static io.github.bitnet4j.constraint.json.Parts.digit;
import static io.github.bitnet4j.constraint.json.Parts.digits;
import static io.github.bitnet4j.constraint.json.Parts.oneOf;
import static io.github.bitnet4j.constraint.json.Parts.optional;
import static io.github.bitnet4j.constraint.json.Parts.sequence;
import static io.github.bitnet4j.constraint.json.Parts.text;

import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.Grammar;

/**
 * Grammars of JSON (RFC 8259). Of white space there is at most one space, after a colon or comma.
 * Numbers have at most 15 digits before and after the decimal point and 2 in the exponent, so that
 * each is a finite double. Names in an object may repeat each other.
 */
public final class JsonGrammar {
  /** Digits of a number before the decimal point, where nothing asks for more. */
  static final int MAX_INTEGER_DIGITS = 15;

  /** Digits of a number after the decimal point, where nothing asks for more. */
  static final int MAX_FRACTION_DIGITS = 15;

  private static final String VALUE = "JSON value";
  private static final String OBJECT = "JSON object";

  private JsonGrammar() {}

  /** Any JSON object. */
  public static Grammar object() {
    var rules = new Rules();
    object(rules);
    return rules.grammar(OBJECT);
  }

  /** Any JSON value. */
  public static Grammar value() {
    var rules = new Rules();
    value(rules);
    return rules.grammar(VALUE);
  }

  static Expression value(Rules rules) {
    return rules.rule(
        VALUE,
        () ->
            choice(
                object(rules),
                array(rules),
                string(rules),
                number(rules),
                text("true"),
                text("false"),
                text("null")));
  }

  static Expression object(Rules rules) {
    return rules.rule(
        OBJECT,
        () -> {
          var member = sequence(string(rules), colon(), value(rules));
          return braces(optional(sequence(member, anyNumber(sequence(comma(), member)))));
        });
  }

  static Expression array(Rules rules) {
    return rules.rule(
        "JSON array",
        () ->
            brackets(optional(sequence(value(rules), anyNumber(sequence(comma(), value(rules)))))));
  }

  static Expression string(Rules rules) {
    return rules.rule("JSON string", () -> quoted(anyNumber(character(rules))));
  }

  /** One code point of a string. */
  static Expression character(Rules rules) {
    return rules.rule("JSON character", JsonText::anyCharacter);
  }

  static Expression number(Rules rules) {
    return rules.rule(
        "JSON number",
        () ->
            sequence(
                optional(text("-")),
                choice(text("0"), sequence(digit(1, 9), digits(0, MAX_INTEGER_DIGITS - 1))),
                optional(sequence(text("."), digits(1, MAX_FRACTION_DIGITS))),
                optional(sequence(oneOf("eE"), optional(oneOf("+-")), digits(1, 2)))));
  }

  static Expression colon() {
    return sequence(text(":"), optional(text(" ")));
  }

  static Expression comma() {
    return sequence(text(","), optional(text(" ")));
  }

  static Expression quoted(Expression inside) {
    return sequence(text("\""), inside, text("\""));
  }

  static Expression braces(Expression inside) {
    return sequence(text("{"), inside, text("}"));
  }

  static Expression brackets(Expression inside) {
    return sequence(text("["), inside, text("]"));
  }
}
