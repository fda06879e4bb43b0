package io.github.bitnet4j.text;

import io.github.bitnet4j.text.jinja.JinjaTemplate;
import io.github.bitnet4j.text.jinja.Limits;
import io.github.bitnet4j.text.jinja.Str;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A chat as a template in Jinja has it. What messages say stays text whatever filters the template
 * applies to it; only what the template itself writes may become control tokens. BOS comes from the
 * template's {@code bos_token} alone, as with Hugging Face.
 */
record JinjaChatTemplate(String name, JinjaTemplate template, Clock clock) implements ChatTemplate {

  @Override
  public List<PromptPart> render(
      Vocabulary vocabulary, List<ChatMessage> messages, boolean addGenerationPrompt) {
    var variables =
        Map.of(
            "messages", messages.stream().map(JinjaChatTemplate::toMap).toList(),
            "add_generation_prompt", addGenerationPrompt,
            "bos_token", text(vocabulary, vocabulary.bos()),
            "eos_token", text(vocabulary, vocabulary.eos()));
    var rendered = template.render(variables, LocalDateTime.now(clock), Limits.DEFAULT);
    return rendered.spans().stream().map(JinjaChatTemplate::toPart).toList();
  }

  private static Map<String, Object> toMap(ChatMessage message) {
    return Map.of(
        "role", message.role().name().toLowerCase(Locale.ROOT),
        "content", Str.content(message.content()));
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
