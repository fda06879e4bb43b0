package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Expression;
import java.math.BigDecimal;
import java.util.ArrayList;
import tools.jackson.databind.JsonNode;

/** Writes a value that is known. */
final class LiteralText {
  private static final int MAX_ZEROS = 20;

  private LiteralText() {}

  /** The value, with the choice of white space that all objects and arrays have. */
  static Expression of(JsonNode value) {
    return switch (JsonType.of(value)) {
      case NULL, BOOLEAN -> Parts.text(value.toString());
      case NUMBER -> Parts.text(number(value.decimalValue()));
      case STRING -> string(value.stringValue());
      case ARRAY -> {
        var parts = new ArrayList<Expression>();
        for (var element : value) {
          parts.add(parts.isEmpty() ? Parts.EMPTY : JsonGrammar.comma());
          parts.add(of(element));
        }
        yield JsonGrammar.brackets(Parts.sequence(parts));
      }
      case OBJECT -> {
        var parts = new ArrayList<Expression>();
        for (var member : value.properties()) {
          parts.add(parts.isEmpty() ? Parts.EMPTY : JsonGrammar.comma());
          parts.add(string(member.getKey()));
          parts.add(JsonGrammar.colon());
          parts.add(of(member.getValue()));
        }
        yield JsonGrammar.braces(Parts.sequence(parts));
      }
    };
  }

  private static Expression string(String value) {
    return JsonGrammar.quoted(Parts.text(JsonText.escape(value)));
  }

  private static String number(BigDecimal number) {
    return Math.abs(number.scale()) <= MAX_ZEROS ? number.toPlainString() : number.toString();
  }
}
