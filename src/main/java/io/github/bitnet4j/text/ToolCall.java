package io.github.bitnet4j.text;

import java.util.Objects;

/**
 * A model's call of a function.
 *
 * @param id tells this call from the others of a chat; a result refers to it
 * @param name of the function, which need not be one the model was offered
 * @param argumentsJson the object of its arguments, as JSON text
 */
public record ToolCall(String id, String name, String argumentsJson) {
  public ToolCall {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(argumentsJson, "argumentsJson");
  }
}
