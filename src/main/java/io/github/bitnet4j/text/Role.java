package io.github.bitnet4j.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Who speaks in a chat. */
public enum Role {
  /** Standing instructions. */
  SYSTEM,
  USER,
  /** The model. */
  ASSISTANT,
  /** A tool the model called, with its result. */
  TOOL;

  /** The name in JSON and in templates, such as {@code user}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role with this label. */
  public static Optional<Role> labelled(String label) {
    return Arrays.stream(values()).filter(role -> role.label().equals(label)).findFirst();
  }
}
