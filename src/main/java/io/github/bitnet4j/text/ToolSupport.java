package io.github.bitnet4j.text;

import java.util.List;

/**
 * What a chat template knows of tools.
 *
 * @param definitions whether it tells the model which there are
 * @param calls whether it has a form for calls in the model's messages
 */
record ToolSupport(boolean definitions, boolean calls) {
  static final ToolSupport NONE = new ToolSupport(false, false);

  /**
   * Refuses a chat that template {@code name} would render without its tools or calls.
   *
   * @throws IllegalArgumentException saying so
   */
  void check(String name, List<ChatMessage> messages, List<ToolDefinition> tools) {
    if (!definitions && !tools.isEmpty()) {
      throw new IllegalArgumentException(
          "Chat template %s has no form for tools; choose one that has".formatted(name));
    }
    if (!calls && messages.stream().anyMatch(message -> !message.toolCalls().isEmpty())) {
      throw new IllegalArgumentException(
          "Chat template %s has no form for calls of tools; choose one that has".formatted(name));
    }
  }
}
