package io.github.bitnet4j.text;

/** Who speaks in a chat. */
public enum Role {
  /** Standing instructions. */
  SYSTEM,
  USER,
  /** The model. */
  ASSISTANT
}
