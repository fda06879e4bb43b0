package io.github.bitnet4j.constraint.json;

import static io.github.bitnet4j.constraint.json.Parts.choice;
import static io.github.bitnet4j.constraint.json.Parts.oneOf;
import static io.github.bitnet4j.constraint.json.Parts.repeat;
import static io.github.bitnet4j.constraint.json.Parts.sequence;
import static io.github.bitnet4j.constraint.json.Parts.text;

import io.github.bitnet4j.constraint.CodePointSet;
import io.github.bitnet4j.constraint.CodePointSet.Range;
import io.github.bitnet4j.constraint.Expression;
import java.util.ArrayList;
import java.util.List;

/** How strings are written in JSON (RFC 8259, section 7). */
final class JsonText {
  /** Code points that stand for themselves. */
  static final CodePointSet PLAIN = CodePointSet.range(0, 0x1F).or(CodePointSet.of("\"\\")).not();

  private static final String SHORT_ESCAPED = "\"\\\b\f\n\r\t";
  private static final String SHORT_ESCAPES = "\"\\bfnrt";
  private static final String HEX = "0123456789abcdef";

  private JsonText() {}

  /**
   * One code point of a string, in any form that JSON has for it. Escaped surrogates come in pairs,
   * so that this is always one code point.
   */
  static Expression anyCharacter() {
    var hex = oneOf(HEX + "ABCDEF");
    var unit =
        choice(
            sequence(oneOf("0123456789abcefABCEF"), repeat(hex, 3, 3)),
            sequence(oneOf("dD"), oneOf("01234567"), repeat(hex, 2, 2)),
            sequence(
                oneOf("dD"),
                oneOf("89abAB"),
                repeat(hex, 2, 2),
                text("\\u"),
                oneOf("dD"),
                oneOf("cdefCDEF"),
                repeat(hex, 2, 2)));
    return choice(
        oneOf(PLAIN),
        sequence(text("\\"), choice(oneOf(SHORT_ESCAPES + "/"), sequence(text("u"), unit))));
  }

  /** {@code text} as the inside of a JSON string, in the one form used where a text is known. */
  static String escape(String text) {
    var escaped = new StringBuilder();
    text.codePoints().forEach(c -> escaped.append(escape(c)));
    return escaped.toString();
  }

  private static String escape(int codePoint) {
    int at = SHORT_ESCAPED.indexOf(codePoint);
    if (at >= 0) {
      return "\\" + SHORT_ESCAPES.charAt(at);
    }
    return codePoint < 0x20 ? "\\u%04x".formatted(codePoint) : Character.toString(codePoint);
  }

  /**
   * The insides of JSON strings whose values {@code value} describes. A control character that has
   * no short escape is only written where no other character would do.
   *
   * @param value without references and tokens
   */
  static Expression encode(Expression value) {
    return switch (value) {
      case Expression.Literal(var literal) -> text(escape(literal));
      case Expression.OneOf(var set) -> encode(set);
      case Expression.Sequence(var parts) ->
          sequence(parts.stream().map(JsonText::encode).toList());
      case Expression.Choice(var alternatives) ->
          choice(alternatives.stream().map(JsonText::encode).toList());
      case Expression.Repeat(var part, int min, int max) -> repeat(encode(part), min, max);
      case Expression.Token _, Expression.Reference _ ->
          throw new IllegalArgumentException(value.toString());
    };
  }

  /** One of the code points as the inside of a JSON string. */
  static Expression encode(CodePointSet set) {
    var plain = set.and(PLAIN);
    var shortEscapes = new StringBuilder();
    for (int i = 0; i < SHORT_ESCAPED.length(); i++) {
      if (set.contains(SHORT_ESCAPED.charAt(i))) {
        shortEscapes.append(SHORT_ESCAPES.charAt(i));
      }
    }
    if (plain.ranges().isEmpty() && shortEscapes.isEmpty()) {
      return encodeControls(set);
    }
    return choice(oneOf(plain), sequence(text("\\"), oneOf(shortEscapes.toString())));
  }

  private static Expression encodeControls(CodePointSet set) {
    var alternatives = new ArrayList<Expression>();
    for (int high = 0; high < 2; high++) {
      var low = new StringBuilder();
      for (int i = 0; i < 16; i++) {
        if (set.contains(16 * high + i)) {
          low.append(HEX.charAt(i));
        }
      }
      alternatives.add(sequence(text("\\u00" + high), oneOf(low.toString())));
    }
    return choice(alternatives);
  }

  /** Any text with at least one code point that is none of {@code texts}. */
  static Expression anythingBut(List<String> texts) {
    return sequence(
        anythingBut(texts.stream().filter(t -> !t.isEmpty()).distinct().toList(), 0, true));
  }

  private static Expression anythingBut(List<String> texts, int at, boolean first) {
    var any = new Expression.OneOf(CodePointSet.ALL);
    if (texts.isEmpty()) {
      return repeat(any, first ? 1 : 0, Expression.Repeat.UNBOUNDED);
    }
    var alternatives = new ArrayList<Expression>();
    if (!first && texts.stream().noneMatch(t -> t.length() == at)) {
      alternatives.add(Parts.EMPTY);
    }
    var next = new ArrayList<Range>();
    texts.stream()
        .filter(t -> t.length() > at)
        .map(t -> t.codePointAt(at))
        .distinct()
        .forEach(
            c -> {
              next.add(new Range(c, c));
              var rest =
                  texts.stream().filter(t -> t.length() > at && t.codePointAt(at) == c).toList();
              alternatives.add(
                  sequence(
                      text(Character.toString(c)),
                      anythingBut(rest, at + Character.charCount(c), false)));
            });
    alternatives.add(sequence(oneOf(new CodePointSet(next).not()), Parts.anyNumber(any)));
    return choice(alternatives);
  }
}
