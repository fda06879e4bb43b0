package io.github.bitnet4j.tools;

import java.util.Objects;

/** Whether a model is to call tools. */
public sealed interface ToolChoice {
  /** It must answer in words. */
  record None() implements ToolChoice {}

  /** It may answer in words or call tools. */
  record Auto() implements ToolChoice {}

  /** It must call a tool. */
  record Required() implements ToolChoice {}

  /** It must call the tool of this name, once. */
  record Named(String tool) implements ToolChoice {
    public Named {
      Objects.requireNonNull(tool, "tool");
    }
  }
}
