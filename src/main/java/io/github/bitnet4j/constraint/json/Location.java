package io.github.bitnet4j.constraint.json;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A schema, or another value, in a document.
 *
 * @param pointer where it is: a JSON pointer in a URI fragment
 * @param node what is there
 */
record Location(String pointer, JsonNode node) {
  /** What the keyword or index {@code name} holds; it must be there. */
  Location child(String name) {
    return new Location(childPointer(name), node.required(name));
  }

  /** The element of an array. */
  Location child(int index) {
    return new Location(pointer + "/" + index, node.required(index));
  }

  String childPointer(String name) {
    return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  boolean has(String keyword) {
    return node.has(keyword);
  }

  /** The members of an object, in their order. */
  Map<String, Location> members() {
    var members = new LinkedHashMap<String, Location>();
    node.propertyNames().forEach(name -> members.put(name, child(name)));
    return members;
  }

  JsonSchemaException invalid(String problem, Object... values) {
    return new JsonSchemaException(pointer, problem.formatted(values));
  }

  /** Two schemas at one place are one. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Location(var otherPointer, _) && otherPointer.equals(pointer);
  }

  @Override
  public int hashCode() {
    return pointer.hashCode();
  }
}
