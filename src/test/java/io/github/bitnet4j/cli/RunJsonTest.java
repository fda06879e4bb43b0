package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.LoadOptions;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.text.ChatMessage;
import io.github.bitnet4j.text.ChatTemplates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("run --json and run --chat-template")
class RunJsonTest {
  private static final String PROMPT = "Once upon a time";

  @TempDir private static Path folder;

  @Test
  void theObjectHoldsTheTextItsTokensAndWhatTheyCost() {
    var result = run("-n", 8, "--seed", 7, PROMPT);
    String text;
    var tokens = new ArrayList<Integer>();
    try (var demo = BitNetModel.demo();
        var session = demo.newSession()) {
      var written = new StringBuilder();
      for (var piece : session.generate(PROMPT, GenerateOptions.greedy().withMaxTokens(8))) {
        written.append(piece.text());
        tokens.add(piece.token());
      }
      text = written.toString();
      assertEquals(demo.model().kernel().name(), result.path("kernel").stringValue());
    }
    assertEquals(text, result.path("text").stringValue());
    assertEquals(tokens, result.path("tokens").valueStream().map(JsonNode::intValue).toList());
    assertEquals("demo-model.gguf", result.path("model").stringValue());
    assertEquals(7, result.path("seed").longValue());
    assertEquals("length", result.path("finish_reason").stringValue());
    assertFalse(result.has("stop_string"));
    assertFalse(result.has("logprobs"));
    assertEquals(
        "{\"prompt_tokens\":5,\"completion_tokens\":8,\"total_tokens\":13}",
        result.path("usage").toString());
    for (var name : List.of("load_ms", "prompt_ms", "prompt_per_second", "predicted_ms")) {
      assertTrue(result.path("timings").path(name).doubleValue() > 0, name);
    }
  }

  @Test
  void aStopStringIsNamedAndNotPartOfTheText() {
    var result = run("--stop", "boy", PROMPT);
    assertEquals("stop_string", result.path("finish_reason").stringValue());
    assertEquals("boy", result.path("stop_string").stringValue());
    assertFalse(result.path("text").stringValue().contains("boy"));
  }

  @Test
  void otherEndsHaveTheirReasonsToo() {
    assertEquals("stop", run("-n", 0, PROMPT).path("finish_reason").stringValue());
    assertEquals("context_full", run("-n", 0, "-c", 8, PROMPT).path("finish_reason").stringValue());
    assertEquals(
        "context_full", run("-n", -1, "-c", 8, PROMPT).path("finish_reason").stringValue());
  }

  @Test
  void whetherAConstrainedTextIsCompleteIsSaid() {
    assertFalse(run("-n", 2, PROMPT).has("complete"));
    var whole = run("-n", 8, "--regex", "[0-9]", PROMPT);
    assertTrue(whole.path("complete").booleanValue());
    assertEquals("stop", whole.path("finish_reason").stringValue());
    var cut = run("-n", 2, "--regex", "[0-9]{9}", PROMPT);
    assertTrue(cut.has("complete"));
    assertFalse(cut.path("complete").booleanValue());
  }

  @Test
  void logprobsAreThoseOfTheLinesThatRunShowsOtherwise() {
    var result = run("-n", 2, "--logprobs", 2, "--logprobs-prompt", PROMPT);
    var lines = new ArrayList<String>();
    for (var list : List.of("prompt_logprobs", "logprobs")) {
      for (var token : result.path(list)) {
        lines.add(line("", token));
        token.path("top_logprobs").forEach(top -> lines.add(line("    ", top)));
      }
    }
    var shown =
        assertDone(
            Cli.run("run", "--temp", 0, "-n", 2, "--logprobs", 2, "--logprobs-prompt", PROMPT));
    assertEquals(shown, String.join("\n", lines) + "\n");
  }

  private static String line(String indent, JsonNode token) {
    var logprob =
        token.has("logprob") ? Text.format("%.6f", token.path("logprob").doubleValue()) : "-";
    return Text.format(
        "%s%7d  %12s  %s",
        indent,
        token.path("id").intValue(),
        logprob,
        Text.quote(token.path("piece").stringValue()));
  }

  @Test
  void nothingButTheObjectIsWrittenAndNoTimingsBesideIt() {
    var result = Cli.run("run", "--json", "--temp", 0, "-n", 2, PROMPT);
    assertEquals(1, assertDone(result).lines().count());
    assertEquals("", result.err());
  }

  @Test
  void aChatTemplateWrapsThePromptAsOneMessage() throws IOException {
    var options = GenerateOptions.greedy().withMaxTokens(6);
    var template = ChatTemplates.named("chatml").orElseThrow();
    try (var demo = BitNetModel.demo(LoadOptions.DEFAULT.withChatTemplate(template));
        var session = demo.newSession()) {
      var messages = List.of(ChatMessage.system("Be kind."), ChatMessage.user("Hi"));
      var generation = session.chat(messages, options);
      var result = run("-n", 6, "--chat-template", "chatml", "--system", "Be kind.", "Hi");
      assertEquals(generation.text(), result.path("text").stringValue());
      assertEquals(
          generation.prompt().length, result.path("usage").path("prompt_tokens").intValue());
    }
    var file = Files.writeString(folder.resolve("own.jinja"), "{{ messages[0].content }}");
    try (var demo = BitNetModel.demo()) {
      assertEquals(
          demo.tokenizer().encode("Hi").length - 1,
          run("-n", 1, "--chat-template", file, "Hi")
              .path("usage")
              .path("prompt_tokens")
              .intValue());
    }
  }

  @Test
  void aTemplateThatRefusesTheMessageIsAFailureThatSaysSo() throws IOException {
    var file = Files.writeString(folder.resolve("no.jinja"), "{{ raise_exception('no!') }}");
    assertFails(
        Cli.run("run", "--chat-template", file, "Hi"),
        "the chat template does not take this chat: line 1, column 19: the template refuses: no!");
  }

  @Test
  void aTemplateThatDoesNotExistIsWrongUsage() {
    assertUsage(
        Cli.run("run", "--chat-template", "nobody", "Hi"), "is no file and no chat template");
  }

  private static JsonNode run(Object... arguments) {
    var all =
        Stream.concat(Stream.of("run", "--json", "--temp", 0), Stream.of(arguments)).toArray();
    return JsonMapper.shared().readTree(assertDone(Cli.run(all)));
  }
}
