package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.testing.SchemaJudge;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("run and chat with a JSON Schema")
class JsonTextTest {
  private static final String SCHEMA =
      """
      {"type":"object","properties":{"name":{"type":"string","maxLength":9},
      "age":{"type":"integer","minimum":0,"maximum":120}},"required":["name","age"]}\
      """;

  @TempDir private Path folder;

  @Test
  void whatRunWritesObeysTheSchema() throws Exception {
    var file = Files.writeString(folder.resolve("person.json"), SCHEMA);
    String written = assertDone(Cli.run("run", "-j", SCHEMA, "--seed", 1, "Anna"));
    assertEquals("", new SchemaJudge(SCHEMA).problems(written));
    assertEquals(written, assertDone(Cli.run("run", "--json-schema", SCHEMA, "--seed", 1, "Anna")));
    assertEquals(written, assertDone(Cli.run("run", "-jf", file, "--seed", 1, "Anna")));
    assertEquals(
        written, assertDone(Cli.run("run", "--json-schema-file", file, "--seed", 1, "Anna")));
  }

  @Test
  void whatChatAnswersObeysTheSchema() {
    String answer = assertDone(Cli.runWithInput("Who?\n", "chat", "-j", SCHEMA, "-n", 60));
    assertEquals("", new SchemaJudge(SCHEMA).problems(answer));
  }

  @Test
  void jsonModeWritesAnObject() {
    String written = assertDone(Cli.run("run", "--json-object", "-n", 50, "--seed", 2, "Anna"));
    assertEquals("", new SchemaJudge("{\"type\":\"object\"}").problems(written));
  }

  @Test
  void aSchemaThatCannotBeKeptToIsWrongUsageWithThePlace() throws Exception {
    assertUsage(
        Cli.run("run", "-j", "{\"type\":\"strin\"}"),
        "--json-schema: #/type: \"strin\" is no type");
    var file = Files.writeString(folder.resolve("bad.json"), "{\n\"type\"}");
    assertUsage(Cli.run("run", "-jf", file), "bad.json: the schema is not JSON at line 2");
    assertFails(Cli.run("run", "-jf", folder.resolve("none.json"), "Anna"), "none.json");
  }

  @Test
  void twoConstraintsAreWrongUsage() {
    assertUsage(Cli.run("run", "-j", "true", "--json-object", "Anna"), "mutually exclusive");
  }

  @Test
  void aTextThatIsCutShortIsReported() {
    var cli = Cli.run("run", "-j", SCHEMA, "-n", 3, "Anna");
    assertTrue(cli.err().contains("incomplete"), cli.err());
    assertContains(
        Cli.run("run", "-j", SCHEMA, "-n", 3, "--json", "x").out(), "\"complete\":false");
  }
}
