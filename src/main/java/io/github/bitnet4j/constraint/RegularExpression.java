package io.github.bitnet4j.constraint;

import io.github.bitnet4j.constraint.Expression.Choice;
import io.github.bitnet4j.constraint.Expression.Literal;
import io.github.bitnet4j.constraint.Expression.OneOf;
import io.github.bitnet4j.constraint.Expression.Repeat;
import io.github.bitnet4j.constraint.Expression.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Reads regular expressions, in what the dialects of ECMAScript (which JSON Schema uses), Java and
 * Python have in common: characters, {@code .}, classes, groups, alternatives, quantifiers greedy
 * or lazy, {@code ^} and {@code $}, and the escapes {@code \d \w \s \D \W \S \t \n \r \f \v \0 \cX
 * \xHH} <code>&#92;uHHHH</code>, <code>&#92;u{H…}</code>, <code>\p{L}</code> and <code>\P{L}</code>
 * with general categories and scripts.
 *
 * <p>Where dialects differ about a class, it has what all of them agree on: {@code \d} and {@code
 * \w} are ASCII, {@code \s} is ASCII space and {@code \S} no space of Unicode, and {@code .} is no
 * line break of any kind. So a text made to match does so wherever it is checked.
 *
 * <p>What a pushdown automaton cannot do is refused: references back, looking ahead or behind, word
 * boundaries, possessive quantifiers.
 */
public final class RegularExpression {
  private static final int DEEPEST = 100;
  private static final Expression ANY_TEXT =
      new Repeat(new OneOf(CodePointSet.ALL), 0, Repeat.UNBOUNDED);

  private final SourceText source;
  private final Anchors anchors;
  private int depth;

  private RegularExpression(String pattern) {
    source = new SourceText(pattern);
    anchors = new Anchors(source);
  }

  /**
   * The grammar of the texts that {@code pattern} describes from their first to their last
   * character.
   *
   * @throws GrammarException if it is no regular expression, or none that can be used here
   */
  public static Grammar parse(String pattern) {
    var rules = new LinkedHashMap<String, Expression>();
    rules.put("root", whole(pattern));
    return new Grammar("root", rules);
  }

  /**
   * The texts that {@code pattern} describes from their first to their last character; {@code ^}
   * and {@code $} at its ends change nothing.
   *
   * @throws GrammarException if it is no regular expression, or none that can be used here
   */
  public static Expression whole(String pattern) {
    var reader = new RegularExpression(pattern);
    return reader.anchors.resolve(reader.read(), new Sequence(List.of()));
  }

  /**
   * The texts in which a part is found that {@code pattern} describes, as JSON Schema understands
   * {@code pattern}; {@code ^} and {@code $} tie that part to the ends of the text.
   *
   * @throws GrammarException if it is no regular expression, or none that can be used here
   */
  public static Expression anywhere(String pattern) {
    var reader = new RegularExpression(pattern);
    return reader.anchors.resolve(reader.read(), ANY_TEXT);
  }

  private Expression read() {
    var expression = alternatives();
    if (!source.isAtEnd()) {
      throw source.error(source.position(), "there is no \"(\" for this \")\"");
    }
    return expression;
  }

  private Expression alternatives() {
    var alternatives = new ArrayList<Expression>();
    alternatives.add(sequence());
    while (source.take("|")) {
      alternatives.add(sequence());
    }
    return alternatives.size() == 1 ? alternatives.getFirst() : new Choice(alternatives);
  }

  private Expression sequence() {
    var parts = new ArrayList<Expression>();
    while (!source.isAtEnd() && source.peek() != '|' && source.peek() != ')') {
      parts.add(quantified());
    }
    return parts.size() == 1 ? parts.getFirst() : new Sequence(parts);
  }

  private Expression quantified() {
    int start = source.position();
    var part = part();
    int quantifier = source.position();
    if (!startsQuantifier()) {
      return part;
    }
    if (anchors.contains(part)) {
      throw source.error(start, "\"^\" and \"$\" cannot be repeated");
    }
    int min = 0;
    int max = Repeat.UNBOUNDED;
    switch (source.next()) {
      case '*' -> {}
      case '+' -> min = 1;
      case '?' -> max = 1;
      default -> {
        min = source.repetitions();
        max = min;
        if (source.take(",")) {
          max = source.peek() == '}' ? Repeat.UNBOUNDED : source.repetitions();
        }
        source.next();
      }
    }
    if (max != Repeat.UNBOUNDED && max < min) {
      throw source.error(quantifier, "%d is more than %d".formatted(min, max));
    }
    if (!source.take("?") && (source.peek() == '+' || startsQuantifier())) {
      throw source.error(
          source.position(),
          source.peek() == '+'
              ? "possessive quantifiers are not supported; leave out the \"+\""
              : "there is nothing to repeat: a quantifier stands here already");
    }
    return new Repeat(part, min, max);
  }

  /** Whether a quantifier is next; a brace that begins none is a character. */
  private boolean startsQuantifier() {
    int c = source.peek();
    if (c != '{') {
      return c == '*' || c == '+' || c == '?';
    }
    int i = 1;
    while (SourceText.isDigit(source.peek(i))) {
      i++;
    }
    if (i > 1 && source.peek(i) == ',') {
      i++;
      while (SourceText.isDigit(source.peek(i))) {
        i++;
      }
    }
    return i > 1 && source.peek(i) == '}';
  }

  private Expression part() {
    int start = source.position();
    if (startsQuantifier()) {
      throw source.expected("something to repeat");
    }
    int c = source.next();
    return switch (c) {
      case '(' -> group(start);
      case '[' -> new OneOf(new CharacterClasses(source).inBrackets(start));
      case '.' -> new OneOf(CharacterClasses.ANY_BUT_LINE_BREAK);
      case '^' -> anchors.newBegin(start);
      case '$' -> anchors.newEnd(start);
      case '\\' -> new OneOf(new CharacterClasses(source).escape(start));
      default -> new Literal(Character.toString(c));
    };
  }

  private Expression group(int start) {
    if (++depth > DEEPEST) {
      throw source.error(start, "groups may be nested %d deep".formatted(DEEPEST));
    }
    if (source.take("?")) {
      groupKind(start);
    }
    var inner = alternatives();
    if (!source.take(")")) {
      throw source.error(start, "there is no \")\" for this \"(\"");
    }
    depth--;
    return inner;
  }

  private void groupKind(int start) {
    if (source.take(":")) {
      return;
    }
    if (source.take("=") || source.take("!") || source.take("<=") || source.take("<!")) {
      throw source.error(start, "looking ahead or behind is not supported");
    }
    if (source.take("<") || source.take("P<")) {
      while (!source.isAtEnd() && source.peek() != '>') {
        source.next();
      }
      if (!source.take(">")) {
        throw source.error(start, "there is no \">\" after the name of this group");
      }
      return;
    }
    throw source.error(
        start, "there is no such kind of group; there are (…), (?:…) and (?<name>…)");
  }
}
