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

  /**
   * Renders a chat.
   *
   * @param vocabulary whose BOS and EOS the template may name
   * @param messages the chat so far, oldest first
   * @param addGenerationPrompt whether to end with what introduces the model's answer
   * @throws IllegalArgumentException if the template refuses the chat or fails on it; the message
   *     says why and, for a template in Jinja, at which line and column
   */
  List<PromptPart> render(
      Vocabulary vocabulary, List<ChatMessage> messages, boolean addGenerationPrompt);

  /**
   * Renders and encodes a chat. Neighbouring texts are joined before encoding, so that {@code
   * "User: "} and {@code "Hi"} merge as in the rendered string; special parsing is off for all of
   * them. BOS comes from the template alone.
   *
   * @throws IllegalArgumentException if the vocabulary lacks a control token the template needs, or
   *     the template refuses the chat or fails on it
   */
  default int[] encode(
      Tokenizer tokenizer, List<ChatMessage> messages, boolean addGenerationPrompt) {
    var tokens = new IntList();
    var text = new StringBuilder();
    for (var part : render(tokenizer.vocabulary(), messages, addGenerationPrompt)) {
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
