package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Expression;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Arrays of some of a few values, each at most once: a rule for each set of those written. */
final class UniqueItems {
  /** Values at most; every one more doubles the rules. */
  static final int MAX_VALUES = 8;

  private final Rules rules;
  private final List<JsonNode> values;
  private final int min;
  private final int max;
  private final String name;

  /**
   * Arrays of {@code min} to {@code max} of the values.
   *
   * @param max may be unbounded
   * @param pointer of the schema, for names
   */
  UniqueItems(Rules rules, List<JsonNode> values, int min, int max, String pointer) {
    this.rules = rules;
    this.values = values;
    this.min = min;
    this.max = StringConstraint.smaller(max, values.size());
    name = rules.freshName(pointer + " items");
  }

  Expression toExpression() {
    return min > max ? Parts.NOTHING : JsonGrammar.brackets(after(0));
  }

  /**
   * What follows.
   *
   * @param written a bit for each value that was
   */
  private Expression after(int written) {
    return rules.rule(
        written == 0 ? name : "%s after set %x".formatted(name, written), () -> body(written));
  }

  private Expression body(int written) {
    int count = Integer.bitCount(written);
    var all = new ArrayList<Expression>();
    for (int i = 0; i < values.size() && count < max; i++) {
      if ((written & 1 << i) == 0) {
        all.add(
            Parts.sequence(
                count == 0 ? Parts.EMPTY : JsonGrammar.comma(),
                LiteralText.of(values.get(i)),
                after(written | 1 << i)));
      }
    }
    if (count >= min) {
      all.add(Parts.EMPTY);
    }
    return Parts.choice(all);
  }
}
