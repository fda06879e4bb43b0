package io.github.bitnet4j.cli;

import io.github.bitnet4j.text.ToolDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Reads what a model may call, in the form of OpenAI's API: an array of {@code {"type": "function",
 * "function": {"name": ..., "description": ..., "parameters": ...}}}, or of such functions alone.
 */
final class ToolsFile {
  private ToolsFile() {}

  /**
   * The tools in {@code file}.
   *
   * @throws IllegalArgumentException if it is not JSON or no list of tools; the message says where
   */
  static List<ToolDefinition> read(Path file) throws IOException {
    return JsonFile.list(
        file,
        "tool",
        "an array of tools, each {\"type\": \"function\", \"function\": {\"name\": ...,"
            + " \"description\": ..., \"parameters\": ...}}",
        ToolsFile::tool);
  }

  private static ToolDefinition tool(String where, JsonNode node) {
    var function = node.has("function") ? node.path("function") : node;
    var parameters = function.path("parameters");
    boolean none = parameters.isMissingNode() || parameters.isNull();
    if (!none && !parameters.isObject()) {
      throw new IllegalArgumentException(
          where + ": \"parameters\" is no object with a JSON Schema");
    }
    try {
      return new ToolDefinition(
          JsonFile.string(function, "name", where),
          JsonFile.string(function, "description", where),
          none ? ToolDefinition.NO_PARAMETERS : parameters.toString());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
    }
  }
}
