package io.github.bitnet4j.text;

import io.github.bitnet4j.text.jinja.FromJson;
import io.github.bitnet4j.text.jinja.JinjaException;
import io.github.bitnet4j.text.jinja.JinjaTemplate;
import io.github.bitnet4j.text.jinja.Limits;
import io.github.bitnet4j.text.jinja.Str;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A chat as a template in Jinja has it. What messages and tools say stays text whatever filters the
 * template applies to it; only what the template itself writes may become control tokens. BOS comes
 * from the template's {@code bos_token} alone, as with Hugging Face, and the variables have the
 * forms they have there.
 */
record JinjaChatTemplate(String name, JinjaTemplate template, Clock clock) implements ChatTemplate {
  private static final String PROBE = "probe";

  /** How the variables of one chat are written. */
  private record Forms(boolean partsAsList, boolean argumentsAsText) {}

  @Override
  public boolean takesTools() {
    return toolSupport().definitions();
  }

  @Override
  public List<PromptPart> render(
      Vocabulary vocabulary,
      List<ChatMessage> messages,
      List<ToolDefinition> tools,
      boolean addGenerationPrompt) {
    toolSupport().check(name, messages, tools);
    boolean inParts = messages.stream().anyMatch(message -> message.parts().size() > 1);
    boolean list = inParts && takesLists(vocabulary);
    Str rendered;
    try {
      rendered = render(vocabulary, messages, tools, addGenerationPrompt, new Forms(list, false));
    } catch (JinjaException e) {
      if (messages.stream().allMatch(message -> message.toolCalls().isEmpty())) {
        throw e;
      }
      rendered = renderWithTextArguments(vocabulary, messages, tools, addGenerationPrompt, list, e);
    }
    return rendered.spans().stream().map(JinjaChatTemplate::toPart).toList();
  }

  /** Most templates take a call's arguments as a mapping; some need them as JSON. */
  private Str renderWithTextArguments(
      Vocabulary vocabulary,
      List<ChatMessage> messages,
      List<ToolDefinition> tools,
      boolean addGenerationPrompt,
      boolean partsAsList,
      JinjaException failure) {
    try {
      return render(vocabulary, messages, tools, addGenerationPrompt, new Forms(partsAsList, true));
    } catch (JinjaException again) {
      failure.addSuppressed(again);
      throw failure;
    }
  }

  private Str render(
      Vocabulary vocabulary,
      List<ChatMessage> messages,
      List<ToolDefinition> tools,
      boolean addGenerationPrompt,
      Forms forms) {
    var variables = new LinkedHashMap<String, Object>();
    variables.put("messages", messages.stream().map(message -> toMap(message, forms)).toList());
    variables.put(
        "tools",
        tools.isEmpty() ? Optional.empty() : tools.stream().map(JinjaChatTemplate::toMap).toList());
    variables.put("documents", Optional.empty());
    variables.put("add_generation_prompt", addGenerationPrompt);
    variables.put("bos_token", text(vocabulary, vocabulary.bos()));
    variables.put("eos_token", text(vocabulary, vocabulary.eos()));
    return template.render(variables, LocalDateTime.now(clock), Limits.DEFAULT);
  }

  private ToolSupport toolSupport() {
    return new ToolSupport(template.mentions("tools"), template.mentions("tool_calls"));
  }

  /** Whether content may be a list of parts: some templates would write the list itself. */
  private boolean takesLists(Vocabulary vocabulary) {
    var message =
        new ChatMessage(
            Role.USER, List.of(PROBE, PROBE), List.of(), Optional.empty(), Optional.empty());
    try {
      var rendered =
          render(vocabulary, List.of(message), List.of(), true, new Forms(true, false)).text();
      return rendered.contains(PROBE)
          && !rendered.contains("'" + PROBE)
          && !rendered.contains("\"" + PROBE);
    } catch (JinjaException e) {
      return false;
    }
  }

  private static Map<String, Object> toMap(ChatMessage message, Forms forms) {
    var map = new LinkedHashMap<String, Object>();
    map.put("role", message.role().label());
    map.put("content", content(message, forms.partsAsList));
    message.name().ifPresent(name -> map.put("name", Str.content(name)));
    if (!message.toolCalls().isEmpty()) {
      map.put(
          "tool_calls",
          message.toolCalls().stream().map(call -> toMap(call, forms.argumentsAsText)).toList());
    }
    message.toolCallId().ifPresent(id -> map.put("tool_call_id", Str.content(id)));
    return map;
  }

  private static Object content(ChatMessage message, boolean partsAsList) {
    if (message.parts().isEmpty() && !message.toolCalls().isEmpty()) {
      return Optional.empty();
    }
    return partsAsList && message.parts().size() > 1
        ? message.parts().stream().map(JinjaChatTemplate::toMap).toList()
        : Str.content(message.content());
  }

  private static Map<String, Object> toMap(String part) {
    var map = new LinkedHashMap<String, Object>();
    map.put("type", "text");
    map.put("text", Str.content(part));
    return map;
  }

  private static Map<String, Object> toMap(ToolCall call, boolean argumentsAsText) {
    var function = new LinkedHashMap<String, Object>();
    function.put("name", Str.content(call.name()));
    function.put("arguments", arguments(call, argumentsAsText));
    var map = new LinkedHashMap<String, Object>();
    if (!call.id().isEmpty()) {
      map.put("id", Str.content(call.id()));
    }
    map.put("type", "function");
    map.put("function", function);
    return map;
  }

  /** What is not JSON, as a model may write it, stays the text it is. */
  private static Object arguments(ToolCall call, boolean asText) {
    if (!asText) {
      try {
        return FromJson.read(call.argumentsJson());
      } catch (IllegalArgumentException e) {
        // Falls through to the text.
      }
    }
    return Str.content(call.argumentsJson());
  }

  private static Map<String, Object> toMap(ToolDefinition tool) {
    var function = new LinkedHashMap<String, Object>();
    function.put("name", Str.content(tool.name()));
    if (!tool.description().isEmpty()) {
      function.put("description", Str.content(tool.description()));
    }
    try {
      function.put("parameters", FromJson.read(tool.parametersJson()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the parameters of tool %s are not JSON at %s".formatted(tool.name(), e.getMessage()), e);
    }
    var map = new LinkedHashMap<String, Object>();
    map.put("type", "function");
    map.put("function", function);
    return map;
  }

  private static String text(Vocabulary vocabulary, OptionalInt id) {
    return id.isPresent() ? vocabulary.text(id.getAsInt()) : "";
  }

  private static PromptPart toPart(Str.Span span) {
    return span.content()
        ? new PromptPart.Text(span.text())
        : new PromptPart.TemplateText(span.text());
  }
}
