package io.github.bitnet4j.constraint.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schemas that cannot be kept to are refused, with the place and the reason. */
class MalformedSchemaTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"type":"strin"}                                   | #/type                          | is no type
          {"type":[]}                                        | #/type                          | name of a type
          {"type":["string",7]}                              | #/type/1                        | must be a string
          {"properties":[]}                                  | #/properties                    | must be an object
          {"properties":{"a/b~":{"type":3}}}                 | #/properties/a~1b~0/type        | name of a type
          {"properties":{"a":7}}                             | #/properties/a                  | must be a schema
          {"required":"a"}                                   | #/required                      | array of property names
          {"required":[1]}                                   | #/required/0                    | must be a string
          {"items":[{"type":"null"}]}                        | #/items                         | prefixItems
          {"prefixItems":[]}                                 | #/prefixItems                   | not empty
          {"minLength":-1}                                   | #/minLength                     | integer of 0 or more
          {"maxItems":1.5}                                   | #/maxItems                      | integer of 0 or more
          {"minimum":"3"}                                    | #/minimum                       | must be a number
          {"minimum":3,"exclusiveMinimum":true}              | #/exclusiveMinimum              | must be a number
          {"multipleOf":0}                                   | #/multipleOf                    | above 0
          {"enum":{}}                                        | #/enum                          | array of values
          {"anyOf":[]}                                       | #/anyOf                         | not empty
          {"allOf":{}}                                       | #/allOf                         | array of schemas
          {"$ref":3}                                         | #/$ref                          | must be a string
          {"$ref":"#/$defs/x"}                               | #/$ref                          | has no "$defs"
          {"$defs":{"y":{}},"items":{"$ref":"#/$defs/x"}}    | #/items/$ref                    | it has y
          {"$ref":"http://example.org/x"}                    | #/$ref                          | same document
          {"$ref":"#anchor"}                                 | #/$ref                          | same document
          {"$ref":"#/%zz"}                                   | #/$ref                          | two digits
          {"$ref":"#"}                                       | #                               | refers to itself
          {"anyOf":[{"type":"null"},{"$ref":"#"}]}           | #                               | refers to itself
          {"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"allOf":[{"$ref":"#"}]}}} | #           | refers to itself
          {"items":{"not":{"type":"null"}}}                  | #/items/not                     | not supported; say what is allowed
          {"if":{},"then":{}}                                | #/if                            | use anyOf
          {"patternProperties":{"^x":{}}}                    | #/patternProperties             | propertyNames
          {"type":"string","nullable":true}                  | #/nullable                      | "null"
          {"type":"array","uniqueItems":true}                | #                               | at most 8 values
          {"type":"array","uniqueItems":true,"items":{"enum":[1,2,3,4,5,6,7,8,9]}} | #         | at most 8 values
          {"type":"array","uniqueItems":true,"prefixItems":[{"const":1}],"items":{"const":1}} | # | at most 8 values
          {"type":"array","uniqueItems":true,"items":{"enum":[1,1.0,2]},"minItems":3} | #      | no value
          {"type":"array","contains":{}}                     | #/contains                      | not supported
          {"items":{"$id":"http://example.org/inner"}}       | #/items/$id                     | at the root
          {"oneOf":[{"type":"integer"},{"type":"number"}]}   | #/oneOf                         | branches 0 and 1 may both match
          {"type":"object","minProperties":2}                | #                               | minProperties
          {"type":"object","properties":{"a":{}},"minProperties":2} | #                        | no value
          {"type":"object","properties":{"a":{}},"additionalProperties":true,"minProperties":2} | # | minProperties
          {"type":"object","required":["a","b"],"maxProperties":1} | #                         | no value
          {"type":"integer","multipleOf":7919}               | #                               | at most 1000
          {"type":"number","minimum":1e300}                  | #                               | more than 100 digits
          {"const":1e1000000}                                | #/const                         | exponent beyond 400
          {"type":"string","maxLength":100000,"pattern":"^a*$"} | #                            | 20,000 states
          {"type":"string","pattern":"a{2,1}"}               | #/pattern                       | line 1, column
          {"type":"string","pattern":"(?=a)"}                | #/pattern                       | looking ahead
          {"type":"string","pattern":7}                      | #/pattern                       | must be a string
          {"type":"string","format":"uri-template"}          | #/format                        | ipv6
          {"type":"string","pattern":"^a$","minLength":2}    | #                               | no value
          {"type":"string","pattern":"^(){9999}(a{999}){999}$","maxLength":9} | # | 20,000 states
          {"type":"string","pattern":"^(a?){900}(b?){900}$","maxLength":9} | #  | 1,000,000 steps
          {"enum":["\\ud800"]}                                | #/enum/0                        | half a surrogate
          false                                              | #                               | no value
          {"type":"string","minLength":3,"maxLength":2}      | #                               | no value
          {"type":"integer","minimum":3,"maximum":2}         | #                               | no value
          {"type":"string","enum":[1,2]}                     | #                               | no value
          {"type":"object","properties":{"n":{"$ref":"#"}},"required":["n"]} | #               | no value
          """)
  void aSchemaThatCannotBeKeptToIsRefused(String schema, String pointer, String reason) {
    var e = assertThrows(JsonSchemaException.class, () -> JsonSchema.parse(schema));
    assertEquals(pointer, e.pointer(), e.getMessage());
    assertTrue(e.getMessage().startsWith(pointer + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"type":"object",}      | line 1, column 18
          {"a":1,"a":2}           | line 1, column 11
          {"type"                 | line 1, column 8
          {} {}                   | line 1, column 4
          nonsense                | line 1, column 1
          {"enum":[1,2            | line 1, column 13
          {"maximum":NaN}         | line 1, column 15
          """)
  void textThatIsNotJsonIsRefusedWithLineAndColumn(String schema, String where) {
    var e = assertThrows(JsonSchemaException.class, () -> JsonSchema.parse(schema));
    assertTrue(e.getMessage().contains("not JSON at " + where + ": "), e.getMessage());
    assertFalse(e.getMessage().contains("`"), e.getMessage());
    assertFalse(e.getMessage().contains("REDACTED"), e.getMessage());
  }

  @Test
  void anEmptyTextIsRefused() {
    var e = assertThrows(JsonSchemaException.class, () -> JsonSchema.parse(" "));
    assertTrue(e.getMessage().contains("empty"), e.getMessage());
  }

  @Test
  void aSchemaNestedTooDeepIsRefused() {
    String schema = "{\"items\":".repeat(101) + "{}" + "}".repeat(101);
    var e = assertThrows(JsonSchemaException.class, () -> JsonSchema.parse(schema));
    assertTrue(e.getMessage().endsWith("the maximum allowed (100)"), e.getMessage());
  }

  @Test
  void aSchemaThatIsTooLongIsRefused() {
    String schema = "{\"title\":\"" + "x".repeat(1 << 20) + "\"}";
    var e = assertThrows(JsonSchemaException.class, () -> JsonSchema.parse(schema));
    assertTrue(e.getMessage().contains("1,048,576"), e.getMessage());
  }

  @Test
  void aChoiceOfTooManyCombinationsIsRefused() {
    String choice = "{\"anyOf\":[{\"minimum\":1},{\"minimum\":2},{\"minimum\":3},{\"minimum\":4}]}";
    String schema = "{\"allOf\":[" + (choice + ",").repeat(5) + choice + "]}";
    var e = assertThrows(JsonSchemaException.class, () -> JsonSchema.parse(schema));
    assertTrue(e.getMessage().contains("1,000 combinations"), e.getMessage());
  }

  @Test
  void aLongChainOfReferencesDoesNotOverflowTheStack() {
    var schema = new StringBuilder("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < 5000; i++) {
      schema.append("\"d%d\":{\"items\":{\"$ref\":\"#/$defs/d%d\"}},".formatted(i, i + 1));
    }
    var grammar = JsonSchema.parse(schema.append("\"d5000\":true}}").toString()).grammar();
    assertTrue(grammar.rules().size() > 5000);
  }
}
