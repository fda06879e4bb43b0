package io.github.bitnet4j.cli;

import io.github.bitnet4j.text.ChatMessage;
import io.github.bitnet4j.text.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a chat as {@code /save} writes it: an array of objects with role and content. */
final class MessagesFile {
  private MessagesFile() {}

  /**
   * The messages in {@code file}.
   *
   * @throws IllegalArgumentException if it is not JSON or not a chat; the message says where
   */
  static List<ChatMessage> read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    JsonNode tree;
    try {
      tree = JsonMapper.shared().readTree(bytes);
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw new IllegalArgumentException(
          "%s is not JSON at line %d, column %d: %s"
              .formatted(file, at.getLineNr(), at.getColumnNr(), e.getOriginalMessage()),
          e);
    }
    if (!tree.isArray()) {
      throw new IllegalArgumentException(
          file + ": expected an array of messages, each {\"role\": ..., \"content\": ...}");
    }
    var messages = new ArrayList<ChatMessage>();
    for (var node : tree) {
      messages.add(message(file, messages.size() + 1, node));
    }
    return messages;
  }

  private static ChatMessage message(Path file, int number, JsonNode node) {
    var content = node.path("content");
    if (!content.isString()) {
      throw new IllegalArgumentException(
          "%s: message %d has no \"content\" that is a string".formatted(file, number));
    }
    var role = node.path("role");
    var named = role.isString() ? role.stringValue() : "";
    return switch (named) {
      case "system" -> new ChatMessage(Role.SYSTEM, content.stringValue());
      case "user" -> new ChatMessage(Role.USER, content.stringValue());
      case "assistant" -> new ChatMessage(Role.ASSISTANT, content.stringValue());
      default ->
          throw new IllegalArgumentException(
              "%s: message %d needs a \"role\" of system, user or assistant, not %s"
                  .formatted(file, number, role.isMissingNode() ? "none" : role));
    };
  }
}
