package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Expression;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Expressions of the names of properties that a schema does not name. */
final class PropertyNames {
  private static final int MAX_LENGTH = 200;

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
    if (known.stream().anyMatch(name -> name.length() > MAX_LENGTH)) {
      throw new JsonSchemaException(
          pointer,
          "has the name of a property of more than %d characters, which other names cannot be told"
                  .formatted(MAX_LENGTH)
              + " from; set additionalProperties to false");
    }
    return StringConstraint.of(JsonText.anythingBut(known))
        .and(allowed.string())
        .toExpression(rules, pointer + " names");
  }
}
