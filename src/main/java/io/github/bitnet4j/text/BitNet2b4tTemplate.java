package io.github.bitnet4j.text;

import io.github.bitnet4j.text.PromptPart.Bos;
import io.github.bitnet4j.text.PromptPart.Marker;
import io.github.bitnet4j.text.PromptPart.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * A chat with BitNet b1.58 2B-4T as the model's Hugging Face repository has it, which is how the
 * model was trained: BOS, then for each message its role, the trimmed content and {@code
 * <|eot_id|>}, without line breaks: {@code <|begin_of_text|>User: Hi<|eot_id|>Assistant: }.
 */
record BitNet2b4tTemplate() implements ChatTemplate {
  static final Marker END_OF_TURN = new Marker("<|eot_id|>");

  @Override
  public String name() {
    return "bitnet-2b4t";
  }

  @Override
  public List<PromptPart> render(
      Vocabulary vocabulary,
      List<ChatMessage> messages,
      List<ToolDefinition> tools,
      boolean addGenerationPrompt) {
    ToolSupport.NONE.check(name(), messages, tools);
    var parts = new ArrayList<PromptPart>();
    parts.add(new Bos());
    for (var message : messages) {
      parts.add(new Text(label(message.role())));
      parts.add(new Text(trim(message.content())));
      parts.add(END_OF_TURN);
    }
    if (addGenerationPrompt) {
      parts.add(new Text(label(Role.ASSISTANT)));
    }
    return List.copyOf(parts);
  }

  /** What introduces a message of {@code role}. */
  static String label(Role role) {
    return switch (role) {
      case SYSTEM -> "System: ";
      case USER -> "User: ";
      case ASSISTANT -> "Assistant: ";
      case TOOL -> "Tool: ";
    };
  }

  /**
   * As Python's {@code str.strip}, which the template's {@code trim} is: all of Unicode's space.
   */
  private static String trim(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }
}
