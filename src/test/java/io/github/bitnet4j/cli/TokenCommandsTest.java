package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnet4j.testing.RandomModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("tokenize and detokenize")
class TokenCommandsTest {
  /** Bytes are tokens 0 to 255; {@code <|begin_of_text|>} is 297 and {@code <|eot_id|>} is 299. */
  private static Path model;

  @TempDir private static Path folder;

  @BeforeAll
  static void writeModel() throws IOException {
    model = RandomModel.builder().write(folder.resolve("model.gguf"));
  }

  @Test
  void idsComeOnOneLineBetweenCommas() {
    assertEquals("297,72,105\n", assertDone(Cli.run("tokenize", "-m", model, "--ids", "Hi")));
  }

  @Test
  void everyTokenIsShownWithItsText() {
    String shown = assertDone(Cli.run("tokenize", "-m", model, "H\"\n"));
    assertEquals(
        """
            297  "<|begin_of_text|>"
             72  "H"
             34  "\\""
             10  "\\n"
        """
            .indent(0),
        shown);
  }

  @Test
  void aTokenThatIsPartOfACharacterIsShownAsBytes() {
    String shown = assertDone(Cli.run("tokenize", "-m", model, "--no-bos", "é"));
    assertEquals("    195  c3\n    169  a9\n", shown);
  }

  @Test
  void theBosTokenCanBeLeftOut() {
    assertEquals("72\n", assertDone(Cli.run("tokenize", "-m", model, "--ids", "--no-bos", "H")));
  }

  @Test
  void textsOfControlTokensAreTextUnlessAskedOtherwise() {
    String control = "<|eot_id|>";
    assertEquals(
        "299\n",
        assertDone(Cli.run("tokenize", "-m", model, "--ids", "--no-bos", "--special", control)));
    String asText =
        assertDone(Cli.run("tokenize", "-m", model, "--ids", "--no-bos", control)).strip();
    assertEquals(control + "\n", assertDone(Cli.run("detokenize", "-m", model, asText)));
  }

  @Test
  void jsonHoldsIdsAndPiecesAndBytesWhereAPieceIsPartOfACharacter() {
    assertEquals(
        "{\"tokens\":[{\"id\":72,\"piece\":\"H\"},{\"id\":195,\"piece\":[195]},"
            + "{\"id\":169,\"piece\":[169]}]}\n",
        assertDone(Cli.run("tokenize", "-m", model, "--json", "--no-bos", "Hé")));
  }

  @Test
  void jsonOfIdsHoldsIdsAlone() {
    assertEquals(
        "{\"tokens\":[297,72,105]}\n",
        assertDone(Cli.run("tokenize", "-m", model, "--json", "--ids", "Hi")));
  }

  @Test
  void detokenizedJsonHoldsTheTextAlone() {
    assertEquals(
        "{\"content\":\"H\\n\"}\n",
        assertDone(Cli.run("detokenize", "-m", model, "--json", "297,72,10")));
    assertEquals(
        "{\"content\":\"<|begin_of_text|>H\"}\n",
        assertDone(Cli.run("detokenize", "-m", model, "--json", "--special", "297,72")));
  }

  @Test
  void aSentencePieceModelPutsASpaceInFrontOfTextAndTakesItAwayAgain() throws IOException {
    Path pieces = RandomModel.builder().sentencePiece(true).write(folder.resolve("pieces.gguf"));
    assertEquals(
        "1,287,198,172,292,271\n", assertDone(Cli.run("tokenize", "-m", pieces, "--ids", "aé fl")));
    assertEquals(
        "aé fl\n", assertDone(Cli.run("detokenize", "-m", pieces, "1,287,198,172,292,271")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Hi", "Hi\n", "Hi\r\n"})
  void standardInputIsReadWithoutTheLineBreakAtItsEnd(String input) {
    assertEquals(
        "297,72,105\n", assertDone(Cli.runWithInput(input, "tokenize", "-m", model, "--ids")));
    assertEquals(
        "297,72,105\n", assertDone(Cli.runWithInput(input, "tokenize", "-m", model, "--ids", "-")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"one, two\n\n", "ünïcödé 🌍", "", " "})
  void detokenizeUndoesTokenize(String text) {
    String ids = assertDone(Cli.run("tokenize", "-m", model, "--ids", text));
    assertEquals(text + "\n", assertDone(Cli.runWithInput(ids, "detokenize", "-m", model)));
  }

  @Test
  void idsMayBeSeparatedByCommasOrSpaces() {
    assertEquals("Hi!\n", assertDone(Cli.run("detokenize", "-m", model, "72,105", "33")));
    assertEquals("Hi!\n", assertDone(Cli.run("detokenize", "-m", model, "72, 105 33")));
  }

  @Test
  void controlTokensAreShownOnRequest() {
    assertEquals("H\n", assertDone(Cli.run("detokenize", "-m", model, "297,72")));
    assertEquals(
        "<|begin_of_text|>H\n",
        assertDone(Cli.run("detokenize", "-m", model, "--special", "297,72")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenize", "detokenize"})
  void aMissingFileIsAFailure(String command) {
    assertFails(
        Cli.run(command, "-m", "missing.gguf", "1"), "missing.gguf: no such file; check the path");
  }

  @Test
  void aFolderIsNoModel() {
    assertFails(Cli.run("tokenize", "-m", folder, "x"), "is a folder, not a GGUF file");
  }

  @Test
  void aFileWithoutATokenizerIsAFailureThatNamesTheKey() throws IOException {
    Path file =
        RandomModel.builder()
            .without("tokenizer.ggml.tokens")
            .write(folder.resolve("no-tokens.gguf"));
    assertFails(Cli.run("tokenize", "-m", file, "x"), "tokenizer.ggml.tokens");
  }

  @Test
  void anUnknownCompatibilityIsWrongUsageThatNamesTheChoices() {
    assertUsage(
        Cli.run("tokenize", "-m", model, "--compat", "ollama", "x"),
        "expected one of hugging-face, bitnet-cpp but was 'ollama'");
  }

  @Test
  void aGuessedPreTokenizerIsSaid() throws IOException {
    Path file =
        RandomModel.builder().without("tokenizer.ggml.pre").write(folder.resolve("no-pre.gguf"));
    var result = Cli.run("tokenize", "-m", file, "--ids", "Hi");
    assertEquals("297,72,105\n", assertDone(result));
    assertContains(result.err(), "bitnet: warning: tokenizer.ggml.pre is absent");
  }

  @Test
  void aTextOfSeveralArgumentsIsWrongUsage() {
    assertUsage(Cli.run("tokenize", "-m", model, "two", "words"), "words");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1,,2", "1.5", "99999999999", ""})
  void whatIsNoTokenIdIsWrongUsage(String ids) {
    assertUsage(Cli.run("detokenize", "-m", model, ids), "no token id");
  }

  @Test
  void anIdOutsideTheVocabularyIsAFailureThatNamesIt() {
    assertFails(Cli.run("detokenize", "-m", model, "300"), "300 is outside the vocabulary");
    assertFails(Cli.run("detokenize", "-m", model, "--", "-1"), "-1 is outside the vocabulary");
  }

  @Test
  void inputThatIsNotUtf8IsAFailureThatNamesTheByte() {
    byte[] latin1 = {'c', 'a', 'f', (byte) 0xe9};
    assertFails(
        Cli.runWithInput(latin1, "tokenize", "-m", model),
        "standard input is not UTF-8 text at byte 3");
  }
}
