package io.github.bitnet4j.constraint.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.testing.GrammarText;
import io.github.bitnet4j.testing.SchemaJudge;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Grammars of schemas have the documents that obey them, as another project's validator says. */
class JsonSchemaTest {
  private static final int TEXTS = 100;
  private static final int MAX_DEPTH = 12;

  static List<SchemaTable> table() {
    return SchemaTable.read();
  }

  @ParameterizedTest
  @MethodSource("table")
  void documentsThatObeyASchemaAreTextsOfItsGrammar(SchemaTable row) {
    var judge = new SchemaJudge(row.schema());
    var grammar = new GrammarText(JsonSchema.parse(row.schema()).grammar());
    for (String document : row.yes()) {
      assertEquals("", judge.problems(document), document);
      assertTrue(grammar.has(document), document);
    }
  }

  @ParameterizedTest
  @MethodSource("table")
  void documentsThatDoNotObeyASchemaAreNoTextsOfItsGrammar(SchemaTable row) {
    var judge = new SchemaJudge(row.schema());
    var grammar = new GrammarText(JsonSchema.parse(row.schema()).grammar());
    for (String document : row.no()) {
      assertNotEquals("", judge.problems(document), document);
      assertFalse(grammar.has(document), document);
    }
  }

  @ParameterizedTest
  @MethodSource("table")
  void formsThatGrammarsDoNotWriteAreNoTexts(SchemaTable row) {
    var judge = new SchemaJudge(row.schema());
    var grammar = new GrammarText(JsonSchema.parse(row.schema()).grammar());
    for (String document : row.other()) {
      assertEquals("", judge.problems(document), document);
      assertFalse(grammar.has(document), document);
    }
  }

  @ParameterizedTest
  @MethodSource("table")
  void everyTextOfTheGrammarObeysTheSchema(SchemaTable row) {
    var judge = new SchemaJudge(row.schema());
    var grammar = new GrammarText(JsonSchema.parse(row.schema()).grammar());
    var random = new Random(1);
    for (int i = 0; i < TEXTS; i++) {
      String text = withKnownTopLevelDomain(row, grammar.random(random, MAX_DEPTH));
      assertEquals("", judge.problems(text), text);
    }
  }

  /** The validator takes the addresses of the top-level domains alone that it has a list of. */
  private static String withKnownTopLevelDomain(SchemaTable row, String text) {
    return row.schema().contains("email") ? text.replaceFirst("\\.[a-zA-Z]+\"$", ".org\"") : text;
  }

  @Test
  void textsOfRandomSchemasObeyThem() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var schema = RandomSchema.of(random, 3);
      var judge = new SchemaJudge(schema.json());
      var grammar = new GrammarText(JsonSchema.parse(schema.json()).grammar());
      for (int i = 0; i < 10; i++) {
        String text = grammar.random(random, MAX_DEPTH);
        assertEquals("", judge.problems(text), () -> schema.json() + " has " + text);
      }
    }
  }

  @Test
  void documentsThatObeyRandomSchemasAreTexts() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var schema = RandomSchema.of(random, 3);
      var judge = new SchemaJudge(schema.json());
      var grammar = new GrammarText(JsonSchema.parse(schema.json()).grammar());
      for (int i = 0; i < 10; i++) {
        String document = schema.document().apply(random);
        assertEquals("", judge.problems(document), () -> schema.json() + " and " + document);
        assertTrue(grammar.has(document), () -> schema.json() + " lacks " + document);
      }
    }
  }

  @Test
  void manyOptionalPropertiesTakeALinearNumberOfRules() {
    var schema = new StringBuilder("{\"type\":\"object\",\"properties\":{");
    for (int i = 0; i < 200; i++) {
      schema.append(i == 0 ? "" : ",").append("\"p%d\":{\"type\":\"integer\"}".formatted(i));
    }
    var grammar = JsonSchema.parse(schema.append("}}").toString()).grammar();
    assertTrue(grammar.rules().size() < 500, () -> grammar.rules().size() + " rules");
    assertTrue(new GrammarText(grammar).has("{\"p3\":1,\"p77\": -2,\"p199\":0}"));
    assertFalse(new GrammarText(grammar).has("{\"p77\":1,\"p3\":1}"));
  }

  @Test
  void jsonModeHasAnyObjectAndNothingElse() {
    var grammar = new GrammarText(JsonGrammar.object());
    assertTrue(grammar.has("{\"a\": [1, {\"b\": null}], \"c\": \"\\u00e9\"}"));
    assertFalse(grammar.has("[1]"));
    assertFalse(grammar.has("{\"a\":  1}"));
    var judge = new SchemaJudge("{\"type\":\"object\"}");
    var random = new Random(3);
    for (int i = 0; i < TEXTS; i++) {
      String text = grammar.random(random, MAX_DEPTH);
      assertEquals("", judge.problems(text), text);
    }
  }
}
