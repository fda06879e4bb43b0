package io.github.bitnet4j.text;

/**
 * A part of a rendered chat. Keeping markers apart from text is what makes it impossible for a
 * message to smuggle one in: only markers and texts of control tokens that the template itself
 * holds become control tokens.
 */
public sealed interface PromptPart {
  /** Text of the template or of a message; neighbouring texts are encoded as one. */
  record Text(String text) implements PromptPart {}

  /** Text the template itself holds: texts of control tokens in it become those tokens. */
  record TemplateText(String text) implements PromptPart {}

  /** A control token by its text, such as {@code <|eot_id|>}. */
  record Marker(String tokenText) implements PromptPart {}

  /** The model's BOS token, where it has one. */
  record Bos() implements PromptPart {}
}
