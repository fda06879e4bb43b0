package io.github.bitnet4j.text;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Chats as the text their templates make of them, with {@code [BOS]} for BOS. */
final class RenderedChat {
  private static final Vocabulary LLAMA3 =
      Tokenizer.of(Llama3Slice.published(), Compatibility.HUGGING_FACE).vocabulary();

  private RenderedChat() {}

  static String rendered(
      ChatTemplate template, boolean addGenerationPrompt, ChatMessage... messages) {
    return text(template.render(LLAMA3, List.of(messages), addGenerationPrompt));
  }

  static String text(List<PromptPart> parts) {
    return parts.stream()
        .map(
            part ->
                switch (part) {
                  case PromptPart.Text(var text) -> text;
                  case PromptPart.TemplateText(var text) -> text;
                  case PromptPart.Marker(var text) -> text;
                  case PromptPart.Bos() -> "[BOS]";
                })
        .collect(Collectors.joining());
  }

  /** A user's message in several parts. */
  static ChatMessage inParts(String... parts) {
    return new ChatMessage(
        Role.USER, List.of(parts), List.of(), Optional.empty(), Optional.empty());
  }
}
