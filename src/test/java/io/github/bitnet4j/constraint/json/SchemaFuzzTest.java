package io.github.bitnet4j.constraint.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.bitnet4j.testing.GrammarText;
import io.github.bitnet4j.testing.SchemaJudge;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Damaged schemas become a grammar that keeps to them, or the documented exception. */
class SchemaFuzzTest {
  private static final Pattern PART = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|[-+.\\w]+|.");

  private static List<String> parts(String json) {
    return PART.matcher(json).results().map(m -> m.group()).toList();
  }

  @Test
  void aDamagedSchemaIsReadOrRefused() {
    var table = SchemaTable.read();
    var allParts = table.stream().flatMap(row -> parts(row.schema()).stream()).toList();
    var random = new Random(1);
    int read = 0;
    for (int i = 0; i < 6000; i++) {
      var parts = new ArrayList<>(parts(table.get(random.nextInt(table.size())).schema()));
      for (int changes = 1 + random.nextInt(3); changes > 0 && !parts.isEmpty(); changes--) {
        int at = random.nextInt(parts.size());
        String other = allParts.get(random.nextInt(allParts.size()));
        switch (random.nextInt(10)) {
          case 0 -> parts.remove(at);
          case 1 -> parts.add(at, other);
          default -> {
            // Mostly a word for a word, so that the schema stays JSON.
            if (isWord(other) == isWord(parts.get(at))) {
              parts.set(at, other);
            }
          }
        }
      }
      read += isRead(String.join("", parts)) ? 1 : 0;
    }
    assertTrue(read > 500, read + " were read");
  }

  private static boolean isWord(String part) {
    return part.startsWith("\"");
  }

  private static boolean isRead(String schema) {
    try {
      JsonSchema.parse(schema);
      return true;
    } catch (JsonSchemaException e) {
      assertTrue(!e.getMessage().isBlank());
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      return fail(schema, e);
    }
  }

  /** Documents in the form that grammars write. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "1",
          "-1",
          "2",
          "3",
          "4",
          "20",
          "0.5",
          "2.5",
          "-1.25",
          "0.3",
          "\"\"",
          "\"a\"",
          "\"ab\"",
          "\"b\"",
          "\"xb\"",
          "\"abc\"",
          "\"cab\"",
          "\"é\\n\"",
          "[]",
          "[1]",
          "[\"a\"]",
          "[null,1]",
          "[0,\"a\"]",
          "[1,\"ab\",2.5]",
          "[[],[1]]");

  private static final List<String> OBJECTS =
      List.of("{}", "{\"a\":1}", "{\"b\":\"a\"}", "{\"a\":null,\"b\":[]}", "{\"c\":\"x\"}");

  @Test
  void valuesThatObeySchemasOfRandomKeywordsAreTexts() {
    var random = new Random(3);
    int obeyed = 0;
    for (int i = 0; i < 2000; i++) {
      String schema = randomSchema(random, 2);
      var judge = new SchemaJudge(schema);
      Optional<GrammarText> grammar;
      try {
        grammar = Optional.of(new GrammarText(JsonSchema.parse(schema).grammar()));
      } catch (JsonSchemaException e) {
        if (!e.getMessage().contains("no value")) {
          continue;
        }
        grammar = Optional.empty();
        for (String value : OBJECTS) {
          assertNotEquals("", judge.problems(value), () -> schema + " is said to have no value");
        }
      }
      for (String value : VALUES) {
        if (judge.problems(value).isEmpty()) {
          assertTrue(
              grammar.map(g -> g.has(value)).orElse(false), () -> schema + " lacks " + value);
          obeyed++;
        }
      }
    }
    assertTrue(obeyed > 500, obeyed + " obeyed");
  }

  /** Keywords of any kind side by side. */
  @Test
  void schemasOfRandomKeywordsAreKeptToOrRefused() {
    var random = new Random(2);
    int read = 0;
    for (int i = 0; i < 3000; i++) {
      String schema = randomSchema(random, 2);
      if (isRead(schema)) {
        read++;
        var judge = new SchemaJudge(schema);
        var grammar = new GrammarText(JsonSchema.parse(schema).grammar());
        for (int j = 0; j < 3; j++) {
          String text = grammar.random(random, 8);
          assertEquals("", judge.problems(text), () -> schema + " has " + text);
        }
      }
    }
    assertTrue(read > 500, read + " were read");
  }

  private static String randomSchema(Random random, int depth) {
    var keywords = new ArrayList<String>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      String keyword = randomKeyword(random, depth);
      String name = keyword.substring(0, keyword.indexOf(':'));
      if (keywords.stream().noneMatch(k -> k.startsWith(name + ":"))) {
        keywords.add(keyword);
      }
    }
    return "{" + String.join(",", keywords) + "}";
  }

  private static String randomKeyword(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 24 : 16)) {
      case 0 ->
          "\"type\":\"%s\""
              .formatted(
                  List.of("null", "boolean", "integer", "number", "string", "array", "object")
                      .get(random.nextInt(7)));
      case 1 -> "\"type\":[\"string\",\"integer\"]";
      case 2 -> "\"minimum\":" + random.nextInt(-5, 20) / 4.0;
      case 3 -> "\"maximum\":" + random.nextInt(-5, 20) / 4.0;
      case 4 -> "\"exclusiveMinimum\":" + random.nextInt(-5, 5);
      case 5 -> "\"multipleOf\":" + List.of("1", "3", "0.1", "0.5", "20").get(random.nextInt(5));
      case 6 -> "\"minLength\":" + random.nextInt(4);
      case 7 -> "\"maxLength\":" + random.nextInt(6);
      case 8 ->
          "\"pattern\":\"%s\""
              .formatted(List.of("^a", "b$", "^[a-c]+$", "x").get(random.nextInt(4)));
      case 9 -> "\"enum\":[1,\"a\",\"ab\",null,2.5,[],{\"a\":1}]";
      case 10 -> "\"minItems\":" + random.nextInt(3);
      case 11 -> "\"maxItems\":" + random.nextInt(4);
      case 12 -> "\"required\":[\"%s\"]".formatted(List.of("a", "b").get(random.nextInt(2)));
      case 13 -> "\"minProperties\":" + random.nextInt(2);
      case 14 -> "\"maxProperties\":" + random.nextInt(3);
      case 15 -> "\"uniqueItems\":true";
      case 16 -> "\"items\":" + randomSchema(random, depth - 1);
      case 17 -> pair("\"prefixItems\":[%s,%s]", random, depth);
      case 18 -> pair("\"properties\":{\"a\":%s,\"b\":%s}", random, depth);
      case 19 -> "\"additionalProperties\":" + random.nextBoolean();
      case 20 -> "\"additionalProperties\":" + randomSchema(random, depth - 1);
      case 21 -> pair("\"anyOf\":[%s,%s]", random, depth);
      case 22 -> pair("\"oneOf\":[%s,%s]", random, depth);
      default -> pair("\"allOf\":[%s,%s]", random, depth);
    };
  }

  /** A keyword with two schemas. */
  private static String pair(String format, Random random, int depth) {
    return format.formatted(randomSchema(random, depth - 1), randomSchema(random, depth - 1));
  }
}
