package io.github.bitnet4j.text;

import java.util.List;

/**
 * The form in which a model expects a chat. Implementations are immutable and thread-safe.
 *
 * {@snippet :
 * int[] prompt = template.encode(tokenizer, List.of(ChatMessage.user("Hi")), true);
 * }
 */
public interface ChatTemplate {
  /** The name under which users choose this template, such as {@code bitnet-2b4t}. */
  String name();

  /** Whether the template tells the model of tools; if not, it refuses chats with tools. */
  default boolean takesTools() {
    return false;
  }

  /**
   * Renders a chat.
   *
   * @param vocabulary whose BOS and EOS the template may name
   * @param messages the chat so far, oldest first
   * @param tools what the model may call; mostly nothing
   * @param addGenerationPrompt whether to end with what introduces the model's answer
   * @throws IllegalArgumentException if the template refuses the chat or fails on it, or has no
   *     form for tools or calls of them; the message says why and, for a template in Jinja, at
   *     which line and column
   */
  List<PromptPart> render(
      Vocabulary vocabulary,
      List<ChatMessage> messages,
      List<ToolDefinition> tools,
      boolean addGenerationPrompt);

  /** Renders a chat without tools. */
  default List<PromptPart> render(
      Vocabulary vocabulary, List<ChatMessage> messages, boolean addGenerationPrompt) {
    return render(vocabulary, messages, List.of(), addGenerationPrompt);
  }

  /** Renders and encodes a chat without tools. */
  default int[] encode(
      Tokenizer tokenizer, List<ChatMessage> messages, boolean addGenerationPrompt) {
    return encode(tokenizer, messages, List.of(), addGenerationPrompt);
  }

  /**
   * Renders and encodes a chat. Neighbouring texts are joined before encoding, so that {@code
   * "User: "} and {@code "Hi"} merge as in the rendered string; special parsing is off for all of
   * them. BOS comes from the template alone.
   *
   * @throws IllegalArgumentException if the vocabulary lacks a control token the template needs, or
   *     the template refuses the chat or fails on it
   */
  default int[] encode(
      Tokenizer tokenizer,
      List<ChatMessage> messages,
      List<ToolDefinition> tools,
      boolean addGenerationPrompt) {
    var tokens = new IntList();
    var text = new StringBuilder();
    for (var part : render(tokenizer.vocabulary(), messages, tools, addGenerationPrompt)) {
      switch (part) {
        case PromptPart.Text(var more) -> text.append(more);
        case PromptPart.TemplateText(var own) ->
            tokenizer.splitSpecial(
                own,
                text::append,
                token -> {
                  encodeAndClear(tokenizer, text, tokens);
                  tokens.add(token);
                });
        case PromptPart.Marker(var tokenText) -> {
          encodeAndClear(tokenizer, text, tokens);
          tokens.add(
              tokenizer
                  .vocabulary()
                  .findControl(tokenText)
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              ("Chat template %s needs the control token %s, which the model's"
                                      + " vocabulary lacks; choose another template")
                                  .formatted(name(), tokenText))));
        }
        case PromptPart.Bos() -> {
          encodeAndClear(tokenizer, text, tokens);
          tokenizer.vocabulary().bos().ifPresent(tokens::add);
        }
      }
    }
    encodeAndClear(tokenizer, text, tokens);
    return tokens.toArray();
  }

  private static void encodeAndClear(Tokenizer tokenizer, StringBuilder text, IntList tokens) {
    tokens.addAll(tokenizer.encode(text, EncodeOptions.TEXT_ONLY));
    text.setLength(0);
  }
}
