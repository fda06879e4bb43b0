package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.Grammar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Expressions of the names of properties that a schema does not name. */
final class PropertyNames {
  private PropertyNames() {}

  /**
   * Names in quotes, none of them empty.
   *
   * @param allowed what {@code propertyNames} allows
   * @param known names that the schema names
   * @param pointer of the schema, for errors and names
   */
  static Expression other(
      Rules rules, List<Constraints> allowed, List<String> known, String pointer) {
    var names = new ArrayList<Expression>();
    for (var constraints : allowed) {
      if (constraints.types().contains(JsonType.STRING)) {
        names.add(other(rules, constraints, known, pointer));
      }
    }
    return Parts.choice(names);
  }

  private static Expression other(
      Rules rules, Constraints allowed, List<String> known, String pointer) {
    if (allowed.values().isPresent()) {
      return Parts.choice(
          allowed.values().get().stream()
              .filter(JsonNode::isString)
              .filter(v -> allowed.string().allows(v.stringValue(), pointer))
              .filter(v -> !known.contains(v.stringValue()))
              .map(LiteralText::of)
              .toList());
    }
    var language = new LinkedHashMap<String, Expression>();
    language.put("other names", JsonText.anythingBut(known));
    return StringConstraint.of(new Grammar("other names", language))
        .and(allowed.string())
        .toExpression(rules, pointer + " names");
  }
}
