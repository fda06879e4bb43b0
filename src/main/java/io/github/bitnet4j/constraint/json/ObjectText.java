package io.github.bitnet4j.constraint.json;

import static io.github.bitnet4j.constraint.Expression.Repeat.UNBOUNDED;

import io.github.bitnet4j.constraint.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.node.StringNode;

/**
 * Expressions of objects. Properties come in the order of the schema, those not required may be
 * left out, and others follow them; a rule for what follows each property keeps this linear.
 */
final class ObjectText {
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
    var properties = properties(object);
    long required = properties.stream().filter(Property::required).count();
    if (object.max() != UNBOUNDED && object.max() < required) {
      return Parts.NOTHING;
    }
    var other = other(object, pointer);
    checkMin(object, required, pointer);
    checkMax(object, properties.size(), other.equals(Parts.NOTHING), pointer);
    int others = properties.isEmpty() ? object.max() : UNBOUNDED;
    boolean mayBeEmpty = object.min() <= 0;
    return JsonGrammar.braces(first(properties, other, others, mayBeEmpty, pointer));
  }

  private List<Property> properties(ObjectConstraint object) {
    var names = new ArrayList<>(object.properties().keySet());
    object.required().stream().filter(n -> !names.contains(n)).forEach(names::add);
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
    boolean closed = object.additional().map(alternatives.check()::isEmpty).orElse(object.closed());
    if (closed) {
      return Parts.NOTHING;
    }
    var known = new ArrayList<>(object.properties().keySet());
    known.addAll(object.required());
    return Parts.sequence(
        PropertyNames.other(rules, alternatives.of(object.names()), known, pointer),
        JsonGrammar.colon(),
        values.apply(object.additional().orElse(Conjunction.ANY)));
  }

  private static void checkMin(ObjectConstraint object, long required, String pointer) {
    if (object.min() > Math.max(1, required)) {
      throw new JsonSchemaException(
          pointer, "\"minProperties\" above 1 is not supported; list properties as required");
    }
  }

  private static void checkMax(
      ObjectConstraint object, int properties, boolean closed, String pointer) {
    if (object.max() != UNBOUNDED && properties > 0 && !(closed && object.max() >= properties)) {
      throw new JsonSchemaException(
          pointer, "\"maxProperties\" is not supported beside \"properties\"; leave it out");
    }
  }

  private Expression first(
      List<Property> properties, Expression other, int others, boolean mayBeEmpty, String pointer) {
    var more = Parts.sequence(JsonGrammar.comma(), other);
    var rest = Parts.repeat(more, 0, UNBOUNDED);
    var after = new ArrayList<Expression>();
    after.add(rest);
    for (int i = properties.size() - 1; i > 0; i--) {
      var next = Parts.sequence(JsonGrammar.comma(), properties.get(i).member);
      var here = properties.get(i).required ? next : Parts.optional(next);
      var following = Parts.sequence(here, after.getLast());
      String name = rules.freshName("%s after property %d".formatted(pointer, i));
      after.add(rules.rule(name, () -> following));
    }
    var alternatives = new ArrayList<Expression>();
    for (int i = 0; i < properties.size(); i++) {
      alternatives.add(
          Parts.sequence(properties.get(i).member, after.get(properties.size() - 1 - i)));
      if (properties.get(i).required) {
        return Parts.choice(alternatives);
      }
    }
    if (others != 0) {
      alternatives.add(
          Parts.sequence(other, Parts.repeat(more, 0, others == UNBOUNDED ? others : others - 1)));
    }
    if (mayBeEmpty) {
      alternatives.add(Parts.EMPTY);
    }
    return Parts.choice(alternatives);
  }
}
