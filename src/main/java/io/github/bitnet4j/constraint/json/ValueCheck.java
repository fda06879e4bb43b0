package io.github.bitnet4j.constraint.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** Tells of values whether they obey schemas, and of schemas whether any value can. */
final class ValueCheck {
  private static final int MAX_DEPTH = 4;

  private final Alternatives alternatives;

  ValueCheck(Alternatives alternatives) {
    this.alternatives = alternatives;
  }

  /** Whether {@code value} obeys the schemas. */
  boolean allows(Conjunction schemas, JsonNode value) {
    return alternatives.of(schemas).stream().anyMatch(c -> allows(c, value, schemas.name()));
  }

  /**
   * Whether {@code value} obeys the constraints.
   *
   * @param pointer of the schema, for errors
   */
  boolean allows(Constraints constraints, JsonNode value, String pointer) {
    var type = JsonType.of(value);
    if (!constraints.types().contains(type) || !isListed(constraints, value)) {
      return false;
    }
    return switch (type) {
      case NULL, BOOLEAN -> true;
      case NUMBER -> constraints.number().allows(value.decimalValue());
      case STRING -> constraints.string().allows(value.stringValue(), pointer);
      case ARRAY -> allows(constraints.array(), value);
      case OBJECT -> allows(constraints.object(), value);
    };
  }

  private static boolean isListed(Constraints constraints, JsonNode value) {
    return constraints.values().stream()
        .allMatch(list -> list.stream().anyMatch(v -> Constraints.isSame(v, value)));
  }

  private boolean allows(ArrayConstraint array, JsonNode value) {
    if (!array.allowsSize(value.size()) || array.unique() && !isUnique(value)) {
      return false;
    }
    for (int i = 0; i < value.size(); i++) {
      if (!allows(array.element(i), value.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUnique(JsonNode array) {
    var seen = new ArrayList<JsonNode>();
    array.forEach(element -> addNew(element, seen));
    return seen.size() == array.size();
  }

  private static void addNew(JsonNode value, List<JsonNode> values) {
    if (values.stream().noneMatch(v -> Constraints.isSame(v, value))) {
      values.add(value);
    }
  }

  /** The values of a type that obey the schemas, where these list them; each once. */
  Optional<List<JsonNode>> values(Conjunction schemas, JsonType type) {
    return values(schemas)
        .map(all -> all.stream().filter(value -> JsonType.of(value) == type).toList());
  }

  /** The values that obey the schemas, where these list them; each once. */
  Optional<List<JsonNode>> values(Conjunction schemas) {
    var found = new ArrayList<JsonNode>();
    for (var constraints : alternatives.of(schemas)) {
      if (constraints.values().isEmpty()) {
        return Optional.empty();
      }
      constraints.values().get().stream()
          .filter(value -> allows(constraints, value, schemas.name()))
          .forEach(value -> addNew(value, found));
    }
    return Optional.of(found);
  }

  private boolean allows(ObjectConstraint object, JsonNode value) {
    var names = value.propertyNames();
    return object.allowsSize(value.size())
        && names.containsAll(object.required())
        && names.stream().allMatch(n -> allows(object.property(n), value.get(n)))
        && names.stream().allMatch(n -> allows(object.names(), StringNode.valueOf(n)));
  }

  /** Whether it is certain that no value obeys the schemas. */
  boolean isEmpty(Conjunction schemas) {
    return isEmpty(schemas, 0);
  }

  private boolean isEmpty(Conjunction schemas, int depth) {
    return depth < MAX_DEPTH
        && alternatives.of(schemas).stream().allMatch(c -> isEmpty(c, schemas.name(), depth));
  }

  private boolean isEmpty(Constraints constraints, String pointer, int depth) {
    if (constraints.values().isPresent()) {
      return constraints.values().get().stream().noneMatch(v -> allows(constraints, v, pointer));
    }
    return constraints.types().stream()
        .allMatch(
            type ->
                switch (type) {
                  case NULL, BOOLEAN -> false;
                  case NUMBER -> constraints.number().isEmpty();
                  case STRING -> constraints.string().isEmpty(pointer);
                  case ARRAY -> isEmpty(constraints.array(), depth);
                  case OBJECT -> isEmpty(constraints.object(), depth);
                });
  }

  private boolean isEmpty(ArrayConstraint array, int depth) {
    if (array.hasNoSize()) {
      return true;
    }
    for (int i = 0; i < Math.min(array.min(), array.prefix().size() + 1); i++) {
      if (isEmpty(array.element(i), depth + 1)) {
        return true;
      }
    }
    return false;
  }

  private boolean isEmpty(ObjectConstraint object, int depth) {
    return object.required().stream().anyMatch(n -> isEmpty(object.property(n), depth + 1));
  }
}
