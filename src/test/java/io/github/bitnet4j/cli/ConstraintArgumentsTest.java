package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.testing.RandomModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A text held to a grammar by the command line")
class ConstraintArgumentsTest {
  private static final String YES_OR_NO = "root ::= \"yes\" | \"no\"";

  @TempDir private static Path folder;
  private static Path model;

  @BeforeAll
  static void writeModel() throws IOException {
    model = RandomModel.builder().context(512).write(folder.resolve("model.gguf"));
  }

  @Test
  void isATextOfTheGrammarGiven() {
    var text = assertDone(Cli.run("run", "-m", model, "--grammar", YES_OR_NO, "is it?"));
    assertTrue(List.of("yes\n", "no\n").contains(text), text);
  }

  @Test
  void isATextOfTheGrammarInAFile() throws IOException {
    var file = Files.writeString(folder.resolve("digits.gbnf"), "root ::= [0-9]{7}\n");
    var text = assertDone(Cli.run("run", "-m", model, "--grammar-file", file, "call"));
    assertTrue(text.matches("[0-9]{7}\n"), text);
  }

  @Test
  void isWhatTheRegularExpressionDescribes() {
    var text = assertDone(Cli.run("run", "-m", model, "--regex", "#(ab|cd){3}#", "x"));
    assertTrue(text.matches("#(ab|cd){3}#\n"), text);
  }

  @Test
  void isEachAnswerOfAChat() {
    var run = Cli.runWithInput("hello\nagain\n", "chat", "-m", model, "--grammar", YES_OR_NO);
    var answers = assertDone(run).split("\n");
    assertEquals(2, answers.length, Arrays.toString(answers));
    assertTrue(List.of("yes", "no").containsAll(List.of(answers)), Arrays.toString(answers));
  }

  @Test
  void isSaidToBeIncompleteWhereItWasCut() {
    var run = Cli.run("run", "-m", model, "-n", 4, "--regex", "#{9}", "x");
    assertEquals("####\n", assertDone(run));
    assertContains(run.err(), "warning: the text is incomplete");
  }

  @Test
  void isRefusedWhereTheGrammarCannotBeRead() {
    assertUsage(
        Cli.run("run", "-m", model, "--grammar", "root ::= x", "y"),
        "--grammar: line 1, column 10: there is no rule \"x\"");
    assertUsage(
        Cli.run("run", "-m", model, "--regex", "(", "y"),
        "--regex: line 1, column 1: there is no \")\" for this \"(\"");
    assertUsage(
        Cli.run("run", "-m", model, "--grammar", "root ::= root \"a\" | \"b\"", "y"),
        "rule \"root\" begins with itself");
  }

  @Test
  void isRefusedWhereAFileIsTakenForASchema() throws IOException {
    var file = Files.writeString(folder.resolve("schema.json"), "{}");
    assertUsage(
        Cli.run("run", "-m", model, "--json-schema", file, "y"),
        "--json-schema takes the schema itself; --json-schema-file reads the file " + file);
  }

  @Test
  void mayComeFromAFileThatAnEditorMarkedAsUtf8() throws IOException {
    var file = Files.writeString(folder.resolve("marked.gbnf"), "\uFEFFroot ::= \"#\"");
    assertEquals("#\n", assertDone(Cli.run("run", "-m", model, "--grammar-file", file, "x")));
    var schema = Files.writeString(folder.resolve("marked.json"), "\uFEFF{\"const\":7}");
    assertEquals("7\n", assertDone(Cli.run("run", "-m", model, "-jf", schema, "x")));
  }

  @Test
  void isRefusedWhereTwoFormsAreAsked() {
    assertUsage(
        Cli.run("run", "-m", model, "--grammar", YES_OR_NO, "--regex", "a", "y"),
        "bitnet: --grammar=GRAMMAR, --regex=PATTERN are mutually exclusive");
  }
}
