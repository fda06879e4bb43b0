package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateToolsTest {
  private static final Tokenizer LLAMA3 =
      Tokenizer.of(Llama3Slice.published(), Compatibility.HUGGING_FACE);
  private static final ToolCall CALL = new ToolCall("c1", "add", "{\"a\": [1, 2.5]}");
  private static final String SHOWS_CALLS =
      "{% for m in messages %}{{ m.role }}:{{ m.content }}{% for c in m.tool_calls %}"
          + "{{ c.id }} {{ c.type }} {{ c.function.name }} {{ c.function.arguments | tojson }}"
          + "{% endfor %}{{ m.tool_call_id }}{{ m.name }};{% endfor %}";

  @Test
  void aTemplateIsGivenCallsAndTheirResultsAsHuggingFaceGivesThem() {
    assertEquals(
        "user:1?;assistant:Nonec1 function add {\"a\": [1, 2.5]};tool:2c1add;",
        RenderedChat.rendered(
            ChatTemplates.parse("test", SHOWS_CALLS),
            true,
            ChatMessage.user("1?"),
            ChatMessage.toolCalls(List.of(CALL)),
            ChatMessage.toolResult(CALL, "2")));
  }

  @Test
  void aTemplateThatNeedsArgumentsAsTextIsGivenThemSo() {
    var template =
        ChatTemplates.parse(
            "test",
            "{% for m in messages %}{{ '<' + m.tool_calls[0].function.arguments + '>' }}{% endfor"
                + " %}");
    assertEquals(
        "<{\"a\": [1, 2.5]}>",
        RenderedChat.rendered(template, true, ChatMessage.toolCalls(List.of(CALL))));
  }

  @Test
  void argumentsThatAreNotJsonStayText() {
    var call = new ToolCall("", "add", "{\"a\": oops");
    assertEquals(
        "assistant:None function add \"{\\\"a\\\": oops\";",
        RenderedChat.rendered(
            ChatTemplates.parse("test", SHOWS_CALLS), true, ChatMessage.toolCalls(List.of(call))));
  }

  @Test
  void aTemplateIsGivenToolsAsHuggingFaceGivesThem() {
    var template = ChatTemplates.parse("test", "{% if tools %}{{ tools | tojson }}{% endif %}");
    assertTrue(template.takesTools());
    var tools =
        List.of(
            new ToolDefinition("add", "a + b", "{\"type\":\"object\",\"properties\":{}}"),
            new ToolDefinition("now", "", "{}"));
    assertEquals(
        "[{\"type\": \"function\", \"function\": {\"name\": \"add\", \"description\": \"a + b\","
            + " \"parameters\": {\"type\": \"object\", \"properties\": {}}}},"
            + " {\"type\": \"function\", \"function\": {\"name\": \"now\", \"parameters\": {}}}]",
        RenderedChat.text(template.render(LLAMA3.vocabulary(), List.of(), tools, true)));
    assertEquals("", RenderedChat.rendered(template, true, ChatMessage.user("Hi")));
  }

  @Test
  void parametersThatAreNotJsonAreRefused() {
    var template = ChatTemplates.parse("test", "{{ tools }}");
    var tools = List.of(new ToolDefinition("add", "", "{\"type\" 1}"));
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> template.render(LLAMA3.vocabulary(), List.of(), tools, true));
    assertEquals(
        "the parameters of tool add are not JSON at character 9: expected ':' but found '1'",
        refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bitnet-2b4t", "bitnet-2b4t-cpp", "llama3", "falcon3", "chatml"})
  void aTemplateWithoutAFormForToolsRefusesThemAndTheirCalls(String name) {
    var template = ChatTemplates.named(name).orElseThrow();
    var tools = List.of(new ToolDefinition("add", "", "{}"));
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> template.render(LLAMA3.vocabulary(), List.of(), tools, true))
            .getMessage()
            .endsWith(name + " has no form for tools; choose one that has"));
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> RenderedChat.rendered(template, true, ChatMessage.toolCalls(List.of(CALL))))
            .getMessage()
            .endsWith(name + " has no form for calls of tools; choose one that has"));
  }

  @Test
  void aToolsResultIsAMessageOfItsOwnRole() {
    assertEquals(
        "[BOS]Tool: 2<|eot_id|>",
        RenderedChat.rendered(
            ChatTemplates.bitNet2b4t(), false, ChatMessage.toolResult(CALL, "2")));
    assertEquals(
        "[BOS]Tool: 2",
        RenderedChat.rendered(ChatTemplates.bitNetCpp(), false, ChatMessage.toolResult(CALL, "2")));
  }

  @Test
  void onlyTheAssistantCallsTools() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new ChatMessage(
                Role.USER, List.of("a"), List.of(CALL), Optional.empty(), Optional.empty()));
  }
}
