package io.github.bitnet4j.text;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One message of a chat. Immutable.
 *
 * @param role who speaks
 * @param parts what is said, plain text, mostly in one part; none where the model only calls tools
 * @param toolCalls the tools the model calls with this message, mostly none
 * @param toolCallId of a tool's result: the {@link ToolCall#id} of the call it answers
 * @param name who speaks among those of the same role, or which tool; few templates show it
 */
public record ChatMessage(
    Role role,
    List<String> parts,
    List<ToolCall> toolCalls,
    Optional<String> toolCallId,
    Optional<String> name) {
  /**
   * @throws IllegalArgumentException if another than the model calls tools
   */
  public ChatMessage {
    Objects.requireNonNull(role, "role");
    parts = List.copyOf(parts);
    toolCalls = List.copyOf(toolCalls);
    Objects.requireNonNull(toolCallId, "toolCallId");
    Objects.requireNonNull(name, "name");
    if (!toolCalls.isEmpty() && role != Role.ASSISTANT) {
      throw new IllegalArgumentException("only the assistant calls tools, not " + role.label());
    }
  }

  /** A message in one part. */
  public ChatMessage(Role role, String content) {
    this(role, List.of(content), List.of(), Optional.empty(), Optional.empty());
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

  /** Tools the model called, without a word. */
  public static ChatMessage toolCalls(List<ToolCall> calls) {
    return new ChatMessage(Role.ASSISTANT, List.of(), calls, Optional.empty(), Optional.empty());
  }

  /** What the tool gave that {@code call} called. */
  public static ChatMessage toolResult(ToolCall call, String content) {
    return new ChatMessage(
        Role.TOOL, List.of(content), List.of(), Optional.of(call.id()), Optional.of(call.name()));
  }

  /** What is said: the parts, a line break between them. */
  public String content() {
    return String.join("\n", parts);
  }
}
