package io.github.bitnet4j.constraint.json;

import static io.github.bitnet4j.constraint.Expression.Repeat.UNBOUNDED;

import io.github.bitnet4j.constraint.Expression;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Expressions of objects. Properties come in the order of the schema, those not required may be
 * left out, and others follow them; a rule for what follows each property keeps this linear.
 */
final class ObjectText {
  private static final int MAX_RULES = 20_000;

  private final Rules rules;
  private final Function<Conjunction, Expression> values;
  private final Alternatives alternatives;

  ObjectText(Rules rules, Function<Conjunction, Expression> values, Alternatives alternatives) {
    this.rules = rules;
    this.values = values;
    this.alternatives = alternatives;
  }

  /** A property that the schema names. */
  private record Property(Expression member, boolean required) {}

  /**
   * The objects.
   *
   * @param pointer of the schema, for errors and names
   */
  Expression of(ObjectConstraint object, String pointer) {
    var other = other(object, pointer);
    boolean closed = other.equals(Parts.NOTHING);
    var properties = properties(object);
    long required = properties.stream().filter(Property::required).count();
    if (!closed && object.min() > Math.max(1, required)) {
      throw new JsonSchemaException(
          pointer,
          "\"minProperties\" above 1 is not supported beside additional properties, whose names may"
              + " repeat; list properties as required");
    }
    int max = closed && object.max() >= properties.size() ? UNBOUNDED : object.max();
    if (max == 0) {
      return required == 0 && object.min() <= 0 ? JsonGrammar.braces(Parts.EMPTY) : Parts.NOTHING;
    }
    return JsonGrammar.braces(members(properties, other, object.min(), max, pointer));
  }

  private List<Property> properties(ObjectConstraint object) {
    var names = new LinkedHashSet<>(object.properties().keySet());
    names.addAll(object.required());
    listedNames(object).ifPresent(names::addAll);
    var properties = new ArrayList<Property>();
    for (String name : names) {
      var member =
          Parts.sequence(
              JsonGrammar.quoted(Parts.text(JsonText.escape(name))),
              JsonGrammar.colon(),
              isName(object, name) ? values.apply(object.property(name)) : Parts.NOTHING);
      properties.add(new Property(member, object.required().contains(name)));
    }
    return properties;
  }

  private boolean isName(ObjectConstraint object, String name) {
    return object.names().equals(Conjunction.ANY)
        || alternatives.check().allows(object.names(), StringNode.valueOf(name));
  }

  /** A property that the schema does not name; nothing where there is none. */
  private Expression other(ObjectConstraint object, String pointer) {
    if (isClosed(object) || listedNames(object).isPresent()) {
      return Parts.NOTHING;
    }
    var known = new ArrayList<>(object.properties().keySet());
    known.addAll(object.required());
    return Parts.sequence(
        PropertyNames.other(rules, alternatives.of(object.names()), known, pointer),
        JsonGrammar.colon(),
        values.apply(object.additional().orElse(Conjunction.ANY)));
  }

  private boolean isClosed(ObjectConstraint object) {
    return object.additional().map(alternatives.check()::isEmpty).orElse(object.closed());
  }

  /** The names that {@code propertyNames} lists, where it does and the object is not closed. */
  private Optional<List<String>> listedNames(ObjectConstraint object) {
    if (isClosed(object) || object.names().equals(Conjunction.ANY)) {
      return Optional.empty();
    }
    return alternatives
        .check()
        .values(object.names(), JsonType.STRING)
        .map(all -> all.stream().map(JsonNode::stringValue).filter(n -> !n.isEmpty()).toList());
  }

  /**
   * The members in the order of {@code properties}, then others, from {@code min} to {@code max} of
   * them all. A rule for what follows each property, and for each number of members before it that
   * matters, keeps this from growing.
   */
  private Expression members(
      List<Property> properties, Expression other, int min, int max, String pointer) {
    int counted = max == UNBOUNDED ? Math.max(1, min) : max;
    if ((long) properties.size() * Math.min(counted, properties.size()) > MAX_RULES) {
      throw new JsonSchemaException(
          pointer,
          "\"minProperties\" and \"maxProperties\" are not supported for so many properties");
    }
    var more = Parts.sequence(JsonGrammar.comma(), other);
    var after = new Expression[Math.min(counted, properties.size()) + 1];
    for (int written = 0; written < after.length; written++) {
      int left = max == UNBOUNDED ? UNBOUNDED : max - written;
      after[written] = written < min ? Parts.NOTHING : Parts.repeat(more, 0, left);
    }
    var name = rules.freshName(pointer + " members");
    var start = new ArrayList<Expression>();
    int firstRequired = 0;
    while (firstRequired < properties.size() && !properties.get(firstRequired).required) {
      firstRequired++;
    }
    if (firstRequired == properties.size()) {
      int left = max == UNBOUNDED ? UNBOUNDED : max - 1;
      start.add(Parts.sequence(other, Parts.repeat(more, 0, left)));
      start.add(min <= 0 ? Parts.EMPTY : Parts.NOTHING);
    }
    for (int i = properties.size() - 1; i >= 0; i--) {
      var property = properties.get(i);
      if (i <= firstRequired) {
        start.addFirst(Parts.sequence(property.member, after[1]));
      }
      var before = after.clone();
      for (int written = 1; written <= Math.min(i, after.length - 1); written++) {
        var then = after[Math.min(written + 1, after.length - 1)];
        var here =
            written == max
                ? Parts.NOTHING
                : Parts.sequence(JsonGrammar.comma(), property.member, then);
        var all = property.required ? here : Parts.choice(here, after[written]);
        before[written] = rules.rule("%s %d after %d".formatted(name, i, written), () -> all);
      }
      after = before;
    }
    return rules.rule(name, () -> Parts.choice(start));
  }
}
