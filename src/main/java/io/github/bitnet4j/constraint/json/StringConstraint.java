package io.github.bitnet4j.constraint.json;

import static io.github.bitnet4j.constraint.Expression.Repeat.UNBOUNDED;

import io.github.bitnet4j.constraint.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which strings a schema allows.
 *
 * @param minLength in code points
 * @param maxLength in code points, or {@link Expression.Repeat#UNBOUNDED}
 * @param languages expressions without references that a string must match, all of them
 */
record StringConstraint(int minLength, int maxLength, List<Expression> languages) {
  static final StringConstraint NONE = new StringConstraint(0, UNBOUNDED, List.of());

  static StringConstraint of(Expression language) {
    return new StringConstraint(0, UNBOUNDED, List.of(language));
  }

  /** The strings that both allow. */
  StringConstraint and(StringConstraint other) {
    var both = new ArrayList<>(languages);
    other.languages.stream().filter(l -> !both.contains(l)).forEach(both::add);
    return new StringConstraint(
        Math.max(minLength, other.minLength), smaller(maxLength, other.maxLength), both);
  }

  static int smaller(int a, int b) {
    if (a == UNBOUNDED || b == UNBOUNDED) {
      return Math.max(a, b);
    }
    return Math.min(a, b);
  }

  boolean allows(String text, String pointer) {
    int length = text.codePointCount(0, text.length());
    return length >= minLength
        && (maxLength == UNBOUNDED || length <= maxLength)
        && languages.stream().allMatch(l -> AutomatonBuilder.build(l, pointer).accepts(text));
  }

  /** Whether it is certain that no string is allowed. */
  boolean isEmpty(String pointer) {
    return hasNoLength() || !languages.isEmpty() && automaton(pointer).orElseThrow().isEmpty();
  }

  private boolean hasNoLength() {
    return maxLength != UNBOUNDED && maxLength < minLength;
  }

  private boolean hasAnyLength() {
    return minLength == 0 && maxLength == UNBOUNDED;
  }

  private Optional<TextAutomaton> automaton(String pointer) {
    var all = languages.stream().map(l -> AutomatonBuilder.build(l, pointer));
    var common = all.reduce((a, b) -> a.and(b, pointer));
    return hasAnyLength()
        ? common
        : common.map(c -> c.and(TextAutomaton.ofLength(minLength, maxLength, pointer), pointer));
  }

  /**
   * The strings, in quotes.
   *
   * @param pointer of the schema, for errors and names
   */
  Expression toExpression(Rules rules, String pointer) {
    if (hasNoLength()) {
      return Parts.NOTHING;
    }
    if (languages.isEmpty()) {
      return hasAnyLength()
          ? JsonGrammar.string(rules)
          : JsonGrammar.quoted(Parts.repeat(JsonGrammar.character(rules), minLength, maxLength));
    }
    if (languages.size() == 1 && hasAnyLength()) {
      return JsonGrammar.quoted(JsonText.encode(languages.getFirst()));
    }
    return JsonGrammar.quoted(automaton(pointer).orElseThrow().toJson(rules, pointer + " text"));
  }
}
