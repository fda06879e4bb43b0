package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.text.ToolCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("run and chat with tools")
class ToolCallsTest {
  private static final String CALL =
      "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";

  @TempDir private Path folder;
  private Path tools;
  private Path template;

  @BeforeEach
  void writeFiles() throws Exception {
    tools =
        Files.writeString(
            folder.resolve("tools.json"),
            """
            [{"type":"function","function":{"name":"now","parameters":{"type":"object",
            "properties":{}}}},{"name":"later"}]\
            """);
    template =
        Files.writeString(
            folder.resolve("hermes.jinja"),
            """
            {% for t in tools or [] %}{{ t | tojson }}{% endfor %}
            {% for m in messages %}{{ m.role }}: {{ m.content or '' }}
            {% for c in m.tool_calls or [] %}<tool_call>
            {{ c.function | tojson }}
            </tool_call>{% endfor %}{% endfor %}\
            """);
  }

  @Test
  void runShowsTheCall() {
    var cli =
        Cli.run(
            "run",
            "Time?",
            "--tools",
            tools,
            "--chat-template",
            template,
            "--tool-choice",
            "now",
            "--no-parallel-tool-calls");
    assertEquals(CALL + "\n", assertDone(cli));
    assertTrue(cli.err().contains("call_1: now {}"), cli.err());
  }

  @Test
  void runListsTheCallsInItsJson() {
    String json =
        assertDone(
            Cli.run(
                "run",
                "Time?",
                "--tools",
                tools,
                "--chat-template",
                template,
                "--tool-choice",
                "now",
                "--json"));
    assertContains(
        json,
        "\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\","
            + "\"function\":{\"name\":\"now\",\"arguments\":\"{}\"}}]");
  }

  @Test
  void chatTakesTheResultOfACallAndSavesBoth() throws Exception {
    var saved = folder.resolve("chat.json");
    var cli =
        Cli.runWithInput(
            "Time?\n/result 12:00\n/save " + saved + "\n",
            "chat",
            "--tools",
            tools,
            "--chat-template",
            template,
            "--tool-choice",
            "now");
    assertEquals(CALL + "\n" + CALL + "\n", assertDone(cli));
    var messages = MessagesFile.read(saved);
    assertEquals(List.of(new ToolCall("call_1", "now", "{}")), messages.get(1).toolCalls());
    assertEquals("12:00", messages.get(2).content());
    assertEquals("call_1", messages.get(2).toolCallId().orElseThrow());
    assertEquals(List.of(new ToolCall("call_2", "now", "{}")), messages.get(3).toolCalls());
  }

  @Test
  void aResultThatNoCallWaitsForIsRefused() {
    var cli = Cli.runWithInput("/result 12\n", "chat");
    assertEquals(1, cli.code());
    assertTrue(cli.err().contains("no call waits for a result"), cli.err());
  }

  @Test
  void whatDoesNotFitTogetherIsWrongUsage() {
    assertUsage(Cli.run("run", "x", "--tools", tools), "--tools needs --chat");
    assertUsage(Cli.run("run", "x", "--tool-choice", "now"), "need --tools");
    assertUsage(Cli.run("run", "x", "--chat", "--tools", tools), "has no form for tools");
    assertUsage(
        Cli.run("run", "x", "--tools", tools, "--chat-template", template, "-j", "true"),
        "exclude each other");
    assertUsage(
        Cli.run("run", "x", "--tools", tools, "--chat-template", template, "--tool-choice", "soon"),
        "there is no tool soon; there are now, later");
  }

  @Test
  void aTemplateThatDoesNotShowItsFormNeedsItNamed() throws Exception {
    Files.writeString(template, "{{ tools | length }}{{ messages[0].content }}");
    assertUsage(
        Cli.run("run", "x", "--tools", tools, "--chat-template", template),
        "say so with --tool-form");
    assertEquals(
        "{\"name\": \"now\", \"parameters\": {}}\n",
        assertDone(
            Cli.run(
                "run",
                "x",
                "--tools",
                tools,
                "--chat-template",
                template,
                "--tool-form",
                "llama3",
                "--tool-choice",
                "now")));
  }
}
