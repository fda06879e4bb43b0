package io.github.bitnet4j.constraint.json;

import tools.jackson.databind.JsonNode;

/** The types of JSON. Integers are numbers. */
enum JsonType {
  NULL,
  BOOLEAN,
  NUMBER,
  STRING,
  ARRAY,
  OBJECT;

  static JsonType of(JsonNode node) {
    return switch (node.getNodeType()) {
      case NULL -> NULL;
      case BOOLEAN -> BOOLEAN;
      case NUMBER -> NUMBER;
      case STRING -> STRING;
      case ARRAY -> ARRAY;
      case OBJECT -> OBJECT;
      case BINARY, POJO, MISSING -> throw new AssertionError(node.getNodeType());
    };
  }
}
