package io.github.bitnet4j.text;

import java.util.Objects;

/**
 * One message of a chat.
 *
 * @param role who speaks
 * @param content what is said, plain text
 */
public record ChatMessage(Role role, String content) {
  public ChatMessage {
    Objects.requireNonNull(role);
    Objects.requireNonNull(content);
  }

  /** Standing instructions. */
  public static ChatMessage system(String content) {
    return new ChatMessage(Role.SYSTEM, content);
  }

  /** Something the user says. */
  public static ChatMessage user(String content) {
    return new ChatMessage(Role.USER, content);
  }

  /** Something the model said. */
  public static ChatMessage assistant(String content) {
    return new ChatMessage(Role.ASSISTANT, content);
  }
}
