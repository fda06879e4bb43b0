package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.text.ChatMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("chat, with lines from a pipe")
class ChatCommandTest {
  private static Path model;

  @TempDir private static Path folder;

  @BeforeAll
  static void writeModel() throws IOException {
    model = RandomModel.builder().context(512).write(folder.resolve("model.gguf"));
  }

  @Test
  void everyLineIsAnsweredInTheLightOfThoseBefore() throws IOException {
    String first = answer(ChatMessage.user("hello"));
    String second =
        answer(
            ChatMessage.user("hello"), ChatMessage.assistant(first), ChatMessage.user("and then"));
    assertEquals(first + "\n" + second + "\n", assertDone(chat("hello\nand then\n")));
  }

  @Test
  void aChatTemplateThatIsMissingIsSaidOnce() {
    var note = "bitnet: warning: tokenizer.chat_template is absent; chats use bitnet-2b4t";
    var result = chat("hello\nagain\n");
    assertDone(result);
    assertEquals(1, result.err().lines().filter(note::equals).count(), result.err());
    assertFalse(chat("hello\n", "--chat-template", "chatml").err().contains("warning"));
  }

  @Test
  void blankLinesSayNothing() throws IOException {
    assertEquals(answer(ChatMessage.user("hello")) + "\n", assertDone(chat("\n  \nhello\n\n")));
  }

  @Test
  void aBackslashAtTheEndOfALineContinuesTheMessage() throws IOException {
    assertEquals(
        answer(ChatMessage.user("one\ntwo\nthree")) + "\n",
        assertDone(chat("one\\\ntwo\\\nthree\n")));
  }

  @Test
  void resetForgetsTheMessages() throws IOException {
    String answer = answer(ChatMessage.user("hello")) + "\n";
    assertEquals(answer + answer, assertDone(chat("hello\n/reset\nhello\n")));
  }

  @Test
  void instructionsStayUntilTheyAreRemoved() throws IOException {
    String instructed = answer(ChatMessage.system("be kind"), ChatMessage.user("hi")) + "\n";
    String plain = answer(ChatMessage.user("hi")) + "\n";
    assertEquals(
        instructed + instructed + plain,
        assertDone(chat("/system be kind\nhi\n/reset\nhi\n/system\n/reset\nhi\n")));
    assertEquals(instructed, assertDone(chat("hi\n", "--system", "be kind")));
  }

  @Test
  void savedMessagesAreJson() {
    Path file = folder.resolve("saved chat.json");
    var result = chat("/system be kind\n\"hi\"\n/save " + file + "\n");
    assertDone(result);
    assertContains(result.err(), "[3 messages saved to ");
    JsonNode json = new JsonMapper().readTree(file);
    assertEquals(3, json.size());
    assertEquals("system", json.at("/0/role").asString());
    assertEquals("be kind", json.at("/0/content").asString());
    assertEquals("\"hi\"", json.at("/1/content").asString());
    assertEquals("assistant", json.at("/2/role").asString());
    assertEquals(result.out().strip(), json.at("/2/content").asString().strip());
  }

  @Test
  void aFileThatCannotBeSavedIsSaidAndTheChatGoesOn() {
    Path file = folder.resolve("missing").resolve("chat.json");
    var result = chat("/save " + file + "\n/save\nhello\n");
    assertEquals(1, result.code());
    assertContains(result.err(), "missing: no such folder; create it first");
    assertContains(result.err(), "/save needs the name of a file");
    assertFalse(result.out().isEmpty());
  }

  @Test
  void exitLeavesWithoutReadingOn() {
    assertEquals("", assertDone(chat("/exit\nhello\n")));
  }

  @Test
  void aStopStringEndsAnAnswer() throws IOException {
    String answer = answer(ChatMessage.user("hello"));
    String stop = answer.substring(answer.length() / 2);
    assertEquals(
        answer.substring(0, answer.indexOf(stop)) + "\n",
        assertDone(chat("hello\n", "--stop", stop)));
  }

  @Test
  void logprobsTakeThePlaceOfTheAnswer() {
    String lines = assertDone(chat("hello\nagain\n", "--logprobs", 0, "--ignore-eos"));
    assertEquals(24, lines.lines().count(), lines);
    assertTrue(lines.lines().allMatch(line -> line.matches(" +\\d+ +\\S+  \".*\"")), lines);
  }

  @Test
  void helpListsTheCommands() {
    String help = assertDone(chat("/help\n"));
    Conversation.COMMANDS.keySet().forEach(command -> assertContains(help, command));
  }

  @Test
  void anUnknownCommandIsNotTakenForAMessage() {
    var result = chat("/quit\n", "--chat-template", "bitnet-2b4t");
    assertFails(result, "there is no command \"/quit\"");
    assertEquals("", result.out());
  }

  @Test
  void aSpaceBeforeASlashMakesItText() throws IOException {
    assertEquals(answer(ChatMessage.user(" /reset")) + "\n", assertDone(chat(" /reset\n")));
  }

  @Test
  void whenTheContextIsFullResetMakesRoomAgain() {
    String tooLong = "x".repeat(100);
    var result = chat(tooLong + "\n/reset\nhi\n", "-c", 64);
    assertEquals(1, result.code());
    assertContains(result.err(), "the chat no longer fits in the context of 64 tokens; /reset");
    assertEquals(assertDone(chat("hi\n", "-c", 64)), result.out());
  }

  @Test
  void anAnswerThatFillsTheContextIsCutOffWithAHint() {
    var result = Cli.runWithInput("hi\n", "chat", "-m", model, "--temp", 0, "-c", 32);
    assertDone(result);
    assertContains(result.err(), "[cut off: the context of 32 tokens is full; /reset");
  }

  @Test
  void aModelWithoutAnEndOfTurnTokenIsRefusedAtOnce() throws IOException {
    byte[] bytes = Files.readAllBytes(model);
    replace(bytes, "<|eot_id|>", "<|eot_ix|>");
    Path file = Files.write(folder.resolve("no-eot.gguf"), bytes);
    assertFails(Cli.runWithInput("", "chat", "-m", file), "<|eot_id|>");
  }

  @ParameterizedTest
  @CsvSource({
    "--predict, -2, max tokens must be",
    "--temp, -1, temperature must be 0",
    "--ctx-size, many, --ctx-size",
  })
  void aWrongOptionValueIsWrongUsage(String option, String value, String cause) {
    assertUsage(Cli.run("chat", "-m", model, option, value), cause);
  }

  @Test
  void aMessageAsAnArgumentIsWrongUsage() {
    assertUsage(Cli.run("chat", "-m", model, "hello"), "hello");
  }

  @Test
  void aMissingFileIsAFailure() {
    assertFails(Cli.run("chat", "-m", "missing.gguf"), "missing.gguf: no such file");
  }

  private static Cli chat(String input, Object... options) {
    var arguments = new Object[options.length + 7];
    System.arraycopy(new Object[] {"chat", "-m", model, "-n", 12, "--temp", 0}, 0, arguments, 0, 7);
    System.arraycopy(options, 0, arguments, 7, options.length);
    return Cli.runWithInput(input, arguments);
  }

  private static String answer(ChatMessage... messages) throws IOException {
    try (var loaded = BitNetModel.load(model);
        var session = loaded.newSession()) {
      return session.chat(List.of(messages), GenerateOptions.greedy().withMaxTokens(12)).text();
    }
  }

  private static void replace(byte[] bytes, String from, String to) {
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    int at = text.indexOf(from);
    assertTrue(at >= 0, "the model has " + from);
    for (int i = 0; i < to.length(); i++) {
      bytes[at + i] = (byte) to.charAt(i);
    }
  }
}
