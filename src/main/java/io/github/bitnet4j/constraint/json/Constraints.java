package io.github.bitnet4j.constraint.json;

import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What schemas say a value must be, without what they leave to other schemas.
 *
 * @param types of which the value is
 * @param values of which the value is, where there is a list
 */
record Constraints(
    Set<JsonType> types,
    Optional<List<JsonNode>> values,
    NumberConstraint number,
    StringConstraint string,
    ArrayConstraint array,
    ObjectConstraint object) {
  private static final int MAX_PREFIX = 200;

  static final Constraints NONE =
      new Constraints(
          EnumSet.allOf(JsonType.class),
          Optional.empty(),
          NumberConstraint.NONE,
          StringConstraint.NONE,
          ArrayConstraint.NONE,
          ObjectConstraint.NONE);

  /** What all of the schemas say. */
  static Constraints of(List<Location> schemas) {
    return schemas.stream().map(Constraints::of).reduce(NONE, Constraints::and);
  }

  private Constraints and(Constraints other) {
    var common = EnumSet.noneOf(JsonType.class);
    common.addAll(types);
    common.retainAll(other.types);
    var list =
        values.isPresent() && other.values.isPresent()
            ? Optional.of(common(values.get(), other.values.get()))
            : values.or(() -> other.values);
    return new Constraints(
        common,
        list,
        number.and(other.number),
        string.and(other.string),
        array.and(other.array),
        object.and(other.object));
  }

  private static List<JsonNode> common(List<JsonNode> a, List<JsonNode> b) {
    return a.stream().filter(x -> b.stream().anyMatch(y -> isSame(x, y))).toList();
  }

  /** Whether two values are equal as JSON Schema has it: 1 and 1.0 are. */
  static boolean isSame(JsonNode a, JsonNode b) {
    return a.equals(
        (x, y) ->
            x.isNumber() && y.isNumber() && x.decimalValue().compareTo(y.decimalValue()) == 0
                    || x.equals(y)
                ? 0
                : 1,
        b);
  }

  private static Constraints of(Location schema) {
    if (schema.node().isBoolean()) {
      return NONE;
    }
    return new Constraints(
        types(schema),
        values(schema),
        number(schema),
        string(schema),
        array(schema),
        object(schema));
  }

  private static Set<JsonType> types(Location schema) {
    if (!schema.has("type")) {
      return EnumSet.allOf(JsonType.class);
    }
    var types = EnumSet.noneOf(JsonType.class);
    typeNames(schema).forEach(name -> types.add(type(schema.child("type"), name)));
    return types;
  }

  private static List<String> typeNames(Location schema) {
    var type = schema.child("type");
    if (type.node().isString()) {
      return List.of(type.node().stringValue());
    }
    if (!type.node().isArray() || type.node().isEmpty()) {
      throw type.invalid("must be the name of a type, or an array of some");
    }
    return Keywords.elements(type).stream().map(Keywords::string).toList();
  }

  private static JsonType type(Location at, String name) {
    return switch (name) {
      case "null" -> JsonType.NULL;
      case "boolean" -> JsonType.BOOLEAN;
      case "integer", "number" -> JsonType.NUMBER;
      case "string" -> JsonType.STRING;
      case "array" -> JsonType.ARRAY;
      case "object" -> JsonType.OBJECT;
      default ->
          throw at.invalid(
              "\"%s\" is no type; there are null, boolean, integer, number, string, array and"
                  + " object",
              name);
    };
  }

  private static Optional<List<JsonNode>> values(Location schema) {
    Optional<List<JsonNode>> listed = Optional.empty();
    if (schema.has("enum")) {
      var list = schema.child("enum");
      if (!list.node().isArray()) {
        throw list.invalid("must be an array of values");
      }
      listed = Optional.of(Keywords.elements(list).stream().map(Location::node).toList());
    }
    if (schema.has("const")) {
      var only = List.of(schema.child("const").node());
      listed = Optional.of(listed.map(l -> common(l, only)).orElse(only));
    }
    return listed;
  }

  private static NumberConstraint number(Location schema) {
    var range = NumberRange.ALL;
    for (boolean included : new boolean[] {true, false}) {
      String min = included ? "minimum" : "exclusiveMinimum";
      String max = included ? "maximum" : "exclusiveMaximum";
      if (schema.has(min)) {
        range = range.and(NumberRange.from(Keywords.number(schema.child(min)), included));
      }
      if (schema.has(max)) {
        range = range.and(NumberRange.to(Keywords.number(schema.child(max)), included));
      }
    }
    Optional<BigDecimal> multipleOf = Optional.empty();
    if (schema.has("multipleOf")) {
      var factor = schema.child("multipleOf");
      multipleOf = Optional.of(Keywords.number(factor));
      if (multipleOf.get().signum() <= 0) {
        throw factor.invalid("must be above 0");
      }
    }
    boolean integer = false;
    if (schema.has("type")) {
      var names = typeNames(schema);
      integer = names.contains("integer") && !names.contains("number");
    }
    return new NumberConstraint(range, integer, multipleOf);
  }

  private static StringConstraint string(Location schema) {
    var lengths =
        new StringConstraint(
            Keywords.count(schema, "minLength", 0),
            Keywords.count(schema, "maxLength", StringConstraint.NONE.maxLength()),
            List.of());
    if (schema.has("pattern")) {
      lengths = lengths.and(StringConstraint.of(StringPattern.read(schema.child("pattern"))));
    }
    if (schema.has("format")) {
      lengths =
          StringFormat.read(schema.child("format"))
              .map(StringConstraint::of)
              .map(lengths::and)
              .orElse(lengths);
    }
    return lengths;
  }

  private static ArrayConstraint array(Location schema) {
    List<Conjunction> prefix = List.of();
    if (schema.has("prefixItems")) {
      prefix = Keywords.schemas(schema.child("prefixItems")).stream().map(Conjunction::of).toList();
    }
    var rest = Conjunction.ANY;
    if (schema.has("items")) {
      var items = schema.child("items");
      if (items.node().isArray()) {
        throw items.invalid("must be a schema; an array of schemas is now called prefixItems");
      }
      rest = Conjunction.of(items);
    }
    return new ArrayConstraint(
        schema.node().path("uniqueItems").asBoolean(false),
        Keywords.count(schema, "minItems", 0),
        Keywords.count(schema, "maxItems", ArrayConstraint.NONE.max()),
        prefix,
        rest);
  }

  private static ObjectConstraint object(Location schema) {
    var properties = new LinkedHashMap<String, Conjunction>();
    if (schema.has("properties")) {
      var all = schema.child("properties");
      if (!all.node().isObject()) {
        throw all.invalid("must be an object with a schema for each property");
      }
      all.members().forEach((name, value) -> properties.put(name, Conjunction.of(value)));
    }
    var required = new LinkedHashSet<String>();
    if (schema.has("required")) {
      var names = schema.child("required");
      if (!names.node().isArray()) {
        throw names.invalid("must be an array of property names");
      }
      Keywords.elements(names).forEach(name -> required.add(Keywords.string(name)));
    }
    return new ObjectConstraint(
        properties,
        schema.has("properties"),
        required,
        conjunction(schema, "additionalProperties"),
        conjunction(schema, "propertyNames").orElse(Conjunction.ANY),
        Keywords.count(schema, "minProperties", 0),
        Keywords.count(schema, "maxProperties", ObjectConstraint.NONE.max()));
  }

  private static Optional<Conjunction> conjunction(Location schema, String keyword) {
    return schema.has(keyword)
        ? Optional.of(Conjunction.of(schema.child(keyword)))
        : Optional.empty();
  }
}
