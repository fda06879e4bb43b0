package io.github.bitnet4j.text;

import java.util.Objects;

/**
 * A function that a model may call.
 *
 * @param name by which it is called, such as {@code get_weather}
 * @param description what it does, for the model to read; may be empty
 * @param parametersJson a JSON Schema of the object of its arguments, as JSON text
 */
public record ToolDefinition(String name, String description, String parametersJson) {
  /** The schema of a function without parameters. */
  public static final String NO_PARAMETERS =
      "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}";

  /**
   * @throws IllegalArgumentException if the name is blank
   */
  public ToolDefinition {
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(parametersJson, "parametersJson");
    if (name.isBlank()) {
      throw new IllegalArgumentException("a tool needs a name");
    }
  }
}
