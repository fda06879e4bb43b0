package io.github.bitnet4j.constraint.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is common to the keywords of a schema: which are known, and how their values are read. */
final class Keywords {
  /** Keywords that point to other schemas for the same value. */
  static final Set<String> APPLICATORS = Set.of("$ref", "allOf", "anyOf", "oneOf");

  /** Keywords that say themselves what a value must be. */
  static final Set<String> ASSERTIONS =
      Set.of(
          "type",
          "enum",
          "const",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "minLength",
          "maxLength",
          "pattern",
          "format",
          "minItems",
          "maxItems",
          "uniqueItems",
          "prefixItems",
          "items",
          "properties",
          "required",
          "additionalProperties",
          "propertyNames",
          "minProperties",
          "maxProperties");

  /** Keywords that change what is valid and cannot be kept to, with what to do instead. */
  private static final Map<String, String> UNSUPPORTED =
      Map.ofEntries(
          Map.entry("not", "say what is allowed instead"),
          Map.entry("if", "use anyOf with a schema for each case"),
          Map.entry("dependentRequired", "use anyOf with a schema for each case"),
          Map.entry("dependentSchemas", "use anyOf with a schema for each case"),
          Map.entry("dependencies", "use anyOf with a schema for each case"),
          Map.entry("patternProperties", "use additionalProperties with propertyNames"),
          Map.entry("unevaluatedProperties", "use additionalProperties"),
          Map.entry("unevaluatedItems", "use items"),
          Map.entry("additionalItems", "use prefixItems and items"),
          Map.entry("contains", "use prefixItems and items"),
          Map.entry("$dynamicRef", "use $ref"),
          Map.entry("$recursiveRef", "use $ref"),
          Map.entry("nullable", "use a type of [\"...\", \"null\"]"));

  private Keywords() {}

  /** Whether a schema is its {@code $ref} and nothing else. */
  static boolean isOnly(String keyword, Location schema) {
    return schema.node().isObject()
        && schema.has(keyword)
        && schema.node().propertyNames().stream()
            .noneMatch(
                k -> !k.equals(keyword) && (APPLICATORS.contains(k) || ASSERTIONS.contains(k)));
  }

  /** Refuses what is no schema and keywords that would be ignored at the cost of validity. */
  static void check(Location schema) {
    if (schema.node().isBoolean()) {
      return;
    }
    if (!schema.node().isObject()) {
      throw schema.invalid("must be a schema: an object, true or false");
    }
    for (var keyword : schema.members().entrySet()) {
      String advice = UNSUPPORTED.get(keyword.getKey());
      if (advice != null) {
        throw keyword.getValue().invalid("\"%s\" is not supported; %s", keyword.getKey(), advice);
      }
    }
    if (schema.has("$id") && !schema.pointer().equals("#")) {
      throw schema
          .child("$id")
          .invalid("\"$id\" is only supported at the root; leave it out and refer to # or #/...");
    }
  }

  /** The schemas of a list that must not be empty. */
  static List<Location> schemas(Location list) {
    if (!list.node().isArray() || list.node().isEmpty()) {
      throw list.invalid("must be an array of schemas, not empty");
    }
    return elements(list);
  }

  static List<Location> elements(Location array) {
    var elements = new ArrayList<Location>();
    for (int i = 0; i < array.node().size(); i++) {
      elements.add(array.child(i));
    }
    return elements;
  }

  static BigDecimal number(Location value) {
    if (!value.node().isNumber()) {
      throw value.invalid("must be a number");
    }
    return value.node().decimalValue();
  }

  /** A number of things, or {@code otherwise} where the keyword is missing. */
  static int count(Location schema, String keyword, int otherwise) {
    if (!schema.has(keyword)) {
      return otherwise;
    }
    var value = schema.child(keyword);
    var number = number(value);
    if (number.signum() < 0 || number.remainder(BigDecimal.ONE).signum() != 0) {
      throw value.invalid("must be an integer of 0 or more");
    }
    return number.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
  }

  static String string(Location value) {
    if (!value.node().isString()) {
      throw value.invalid("must be a string");
    }
    return value.node().stringValue();
  }
}
