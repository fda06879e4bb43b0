package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Grammar;

/**
 * A JSON Schema (draft 2020-12) to hold text to.
 *
 * {@snippet :
 * Grammar grammar = JsonSchema.parse("{\"type\": \"array\", \"items\": {\"type\": \"integer\"}}").grammar();
 * }
 *
 * <p>Every text of the grammar is a document that obeys the schema; not every such document is a
 * text of the grammar, which settles on one way to write it:
 *
 * <ul>
 *   <li>white space as in {@link JsonGrammar};
 *   <li>properties in the order of {@code properties}, then others as {@code additionalProperties}
 *       has them. Where there is {@code properties} without {@code additionalProperties}, there are
 *       no others. If {@code propertyNames} lists names, they come in the order of the list;
 *   <li>integers without fraction and exponent, of at most 15 digits if the schema does not ask for
 *       more; numbers with limits without exponent, other numbers as in {@link JsonGrammar};
 *   <li>strings with a {@code pattern} or {@code format}, and all names, with the shortest escapes.
 * </ul>
 *
 * <p>No property that the schema names, in {@code properties}, {@code required} or a list of {@code
 * propertyNames}, comes twice. Other names are not empty and none of these, but may repeat each
 * other, in objects of any kind, too: no grammar of moderate size rules that out. Most readers take
 * the last of them.
 *
 * <p>A keyword that changes what is valid and cannot be kept to is refused; annotations and unknown
 * keywords are ignored. Immutable.
 */
public final class JsonSchema {
  private final Grammar grammar;

  private JsonSchema(Grammar grammar) {
    this.grammar = grammar;
  }

  /**
   * Reads a schema.
   *
   * @param json the schema, of at most 1,048,576 characters, objects and arrays nested at most 100
   *     deep
   * @throws JsonSchemaException if it is not JSON (the message names line and column), or malformed
   *     or not supported (the message names the place and what to do), or no value obeys it
   */
  public static JsonSchema parse(String json) {
    var document = SchemaDocument.read(json);
    return new JsonSchema(SchemaGrammar.of(document, Conjunction.of(document.root())));
  }

  /**
   * Reads a schema as {@link #parse} does, for objects alone: of other values that it allows, none
   * are in the grammar.
   *
   * @throws JsonSchemaException as {@link #parse}, or if no object obeys it
   */
  public static JsonSchema parseObject(String json) {
    var document = SchemaDocument.read(json);
    var object = new Location("object", SchemaDocument.read("{\"type\":\"object\"}").root().node());
    return new JsonSchema(
        SchemaGrammar.of(document, Conjunction.of(document.root()).and(Conjunction.of(object))));
  }

  /** The documents that obey the schema. */
  public Grammar grammar() {
    return grammar;
  }
}
