package io.github.bitnet4j.constraint.json;

import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A document with a JSON Schema, and the schemas in it. */
final class SchemaDocument {
  /** Characters of a document at most. */
  static final int MAX_LENGTH = 1 << 20;

  /** How deep objects and arrays may nest. */
  static final int MAX_DEPTH = 100;

  private static final int MAX_EXPONENT = 400;

  private final Location root;

  private SchemaDocument(JsonNode root) {
    this.root = new Location("#", root);
  }

  /**
   * Reads a document.
   *
   * @throws JsonSchemaException if it is too long or nested too deep, not JSON, or has a number
   *     with too large an exponent or a text with half a surrogate pair
   */
  static SchemaDocument read(String json) {
    if (json.length() > MAX_LENGTH) {
      throw new JsonSchemaException(
          "", "the schema has more than %,d characters".formatted(MAX_LENGTH));
    }
    var document = new SchemaDocument(parse(json));
    document.checkValues();
    return document;
  }

  private static JsonNode parse(String json) {
    var factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    var mapper =
        JsonMapper.builder(factory)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    JsonNode tree;
    try {
      tree = mapper.readTree(json);
    } catch (JacksonException e) {
      throw new JsonSchemaException(NotJson.message("the schema", e), e);
    }
    if (tree == null || tree.isMissingNode()) {
      throw new JsonSchemaException("", "the schema is empty; true allows any value");
    }
    return tree;
  }

  /** Refuses what later steps cannot work with. */
  private void checkValues() {
    var queue = new ArrayDeque<Location>();
    queue.add(root);
    while (!queue.isEmpty()) {
      var location = queue.remove();
      if (location.node().isObject()) {
        location.node().propertyNames().forEach(name -> checkText(location, name));
        queue.addAll(location.members().values());
      } else if (location.node().isArray()) {
        queue.addAll(Keywords.elements(location));
      } else if (location.node().isString()) {
        checkText(location, location.node().stringValue());
      } else if (location.node().isNumber()) {
        checkNumber(location);
      }
    }
  }

  /** UTF-8 has no form for half a surrogate pair. */
  private static void checkText(Location location, String text) {
    if (text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw location.invalid("has a text with half a surrogate pair");
    }
  }

  /** Arithmetic with exponents in the millions would take all memory. */
  private static void checkNumber(Location location) {
    BigDecimal number = location.node().decimalValue();
    if (Math.abs((long) number.scale()) > MAX_EXPONENT) {
      throw location.invalid("is a number with an exponent beyond %d", MAX_EXPONENT);
    }
  }

  Location root() {
    return root;
  }

  /**
   * The schema that a {@code $ref} leads to.
   *
   * @param reference the string of the keyword
   */
  Location resolve(Location reference) {
    if (!reference.node().isString()) {
      throw reference.invalid("must be a string, such as \"#/$defs/name\"");
    }
    String fragment = localFragment(reference);
    var at = root;
    if (fragment.isEmpty()) {
      return at;
    }
    for (String escaped : fragment.substring(1).split("/", -1)) {
      at = step(reference, at, escaped.replace("~1", "/").replace("~0", "~"));
    }
    return at;
  }

  private String localFragment(Location reference) {
    String target = reference.node().stringValue();
    String id = root.node().path("$id").stringValue("");
    if (!id.isEmpty() && target.startsWith(id)) {
      target = target.substring(id.length());
    }
    boolean local = target.isEmpty() || target.equals("#") || target.startsWith("#/");
    if (!local) {
      throw reference.invalid(
          "is \"%s\"; only places in the same document can be referred to, as # or #/$defs/name",
          target);
    }
    try {
      // A plus is a plus here; only forms write spaces that way.
      return URLDecoder.decode(
          target.replaceFirst("#", "").replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw reference.invalid("is \"%s\", in which a %% is not followed by two digits", target);
    }
  }

  private static Location step(Location reference, Location at, String name) {
    if (at.node().isObject() && at.has(name)) {
      return at.child(name);
    }
    if (at.node().isArray() && name.matches("0|[1-9][0-9]{0,8}")) {
      int index = Integer.parseInt(name);
      if (index < at.node().size()) {
        return at.child(index);
      }
    }
    var known = new LinkedHashSet<>(at.node().propertyNames());
    throw reference.invalid(
        "is %s, but %s has no \"%s\"%s",
        reference.node(),
        at.pointer(),
        name,
        known.isEmpty() ? "" : "; it has " + String.join(", ", known.stream().limit(20).toList()));
  }
}
