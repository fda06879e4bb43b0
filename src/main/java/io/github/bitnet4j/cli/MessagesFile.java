package io.github.bitnet4j.cli;

import io.github.bitnet4j.text.ChatMessage;
import io.github.bitnet4j.text.Role;
import io.github.bitnet4j.text.ToolCall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Reads a chat in the form of OpenAI's API, in which {@code /save} writes it too: an array of
 * objects with role and content. Content is a string or an array of text parts; an assistant's
 * message may have {@code tool_calls}, a tool's {@code tool_call_id}.
 */
final class MessagesFile {
  private MessagesFile() {}

  /**
   * The messages in {@code file}.
   *
   * @throws IllegalArgumentException if it is not JSON or not a chat; the message says where
   */
  static List<ChatMessage> read(Path file) throws IOException {
    return JsonFile.list(
        file,
        "message",
        "an array of messages, each {\"role\": ..., \"content\": ...}",
        MessagesFile::message);
  }

  private static ChatMessage message(String where, JsonNode node) {
    var calls = toolCalls(where, node.path("tool_calls"));
    var parts = parts(where, node.path("content"), !calls.isEmpty());
    var named = node.path("role");
    var role =
        Role.labelled(named.stringValue(""))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s needs a \"role\" of system, user, assistant or tool, not %s"
                            .formatted(where, named.isMissingNode() ? "none" : named)));
    try {
      return new ChatMessage(
          role,
          parts,
          calls,
          nonEmpty(JsonFile.string(node, "tool_call_id", where)),
          nonEmpty(JsonFile.string(node, "name", where)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
    }
  }

  private static List<String> parts(String where, JsonNode content, boolean mayBeMissing) {
    if (content.isString()) {
      return List.of(content.stringValue());
    }
    if (mayBeMissing && (content.isMissingNode() || content.isNull())) {
      return List.of();
    }
    if (!content.isArray()) {
      throw new IllegalArgumentException(
          where + " has no \"content\" that is a string or an array of text parts");
    }
    var parts = new ArrayList<String>();
    for (var part : content) {
      if (!part.path("type").stringValue("").equals("text") || !part.path("text").isString()) {
        throw new IllegalArgumentException(
            "%s: part %d of the \"content\" is not {\"type\": \"text\", \"text\": ...}"
                .formatted(where, parts.size() + 1));
      }
      parts.add(part.path("text").stringValue());
    }
    return parts;
  }

  private static List<ToolCall> toolCalls(String where, JsonNode list) {
    var calls = new ArrayList<ToolCall>();
    if (list.isMissingNode() || list.isNull()) {
      return calls;
    }
    if (!list.isArray()) {
      throw new IllegalArgumentException(where + ": \"tool_calls\" is no array");
    }
    for (var node : list) {
      var call = "%s: tool call %d".formatted(where, calls.size() + 1);
      var function = node.path("function");
      var name = JsonFile.string(function, "name", call);
      var arguments = function.path("arguments");
      if (name.isEmpty() || !arguments.isString() && !arguments.isObject()) {
        throw new IllegalArgumentException(
            call
                + " is not {\"function\": {\"name\": ..., \"arguments\": ...}} with arguments that"
                + " are an object, or one as a string");
      }
      calls.add(
          new ToolCall(
              JsonFile.string(node, "id", call),
              name,
              arguments.isString() ? arguments.stringValue() : arguments.toString()));
    }
    return calls;
  }

  private static Optional<String> nonEmpty(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
