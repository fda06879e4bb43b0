package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.Grammar;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** Makes the grammar of the values that obey a schema: a rule for each schema that is reached. */
final class SchemaGrammar {
  private final Rules rules = new Rules();
  private final Alternatives alternatives;
  private final ObjectText objects;

  /** Rules whose bodies are still to be made: nesting must not become recursion here. */
  private final Queue<Runnable> open = new ArrayDeque<>();

  private SchemaGrammar(SchemaDocument document) {
    alternatives = new Alternatives(document);
    objects = new ObjectText(rules, this::value, alternatives);
  }

  /**
   * The grammar of the values that obey schemas of a document.
   *
   * @throws JsonSchemaException if it cannot be kept to, or no value obeys it
   */
  static Grammar of(SchemaDocument document, Conjunction values) {
    var schemas = new SchemaGrammar(document);
    var start = schemas.value(values);
    while (!schemas.open.isEmpty()) {
      schemas.open.remove().run();
    }
    return Finite.rules(schemas.rules.grammar(((Expression.Reference) start).rule()));
  }

  /** A reference to the rule of the values that obey all of the schemas. */
  private Expression value(Conjunction schemas) {
    var direct = alternatives.direct(schemas);
    if (direct.schemas().isEmpty()) {
      return JsonGrammar.value(rules);
    }
    String name = direct.name();
    return rules.later(name, () -> open.add(() -> rules.set(name, body(direct))));
  }

  private Expression body(Conjunction schemas) {
    var branches = alternatives.branches(schemas);
    if (!branches.isEmpty()) {
      return Parts.choice(branches.stream().map(b -> value(Conjunction.of(b))).toList());
    }
    var all = new ArrayList<Expression>();
    for (var constraints : alternatives.of(schemas)) {
      all.add(value(constraints, schemas.name()));
    }
    return Parts.choice(all);
  }

  private Expression array(ArrayConstraint array, String pointer) {
    if (!array.unique() || array.max() == 0 || array.max() == 1) {
      return array.toExpression(this::value);
    }
    var values = alternatives.check().values(array.rest());
    if (!array.prefix().isEmpty()
        || values.filter(v -> v.size() <= UniqueItems.MAX_VALUES).isEmpty()) {
      throw new JsonSchemaException(
          pointer,
          ("\"uniqueItems\" is supported for items of an enum of at most %d values alone; leave it"
                  + " out and check the result")
              .formatted(UniqueItems.MAX_VALUES));
    }
    return new UniqueItems(rules, values.get(), array.min(), array.max(), pointer).toExpression();
  }

  private Expression value(Constraints constraints, String pointer) {
    if (constraints.values().isPresent()) {
      return Parts.choice(
          constraints.values().get().stream()
              .filter(v -> alternatives.check().allows(constraints, v, pointer))
              .map(LiteralText::of)
              .toList());
    }
    if (constraints.equals(Constraints.NONE)) {
      return JsonGrammar.value(rules);
    }
    List<Expression> types = new ArrayList<>();
    for (var type : constraints.types()) {
      types.add(
          switch (type) {
            case NULL -> Parts.text("null");
            case BOOLEAN -> Parts.choice(Parts.text("true"), Parts.text("false"));
            case NUMBER -> constraints.number().toExpression(rules, pointer);
            case STRING -> constraints.string().toExpression(rules, pointer);
            case ARRAY -> array(constraints.array(), pointer);
            case OBJECT -> objects.of(constraints.object(), pointer);
          });
    }
    return Parts.choice(types);
  }
}
