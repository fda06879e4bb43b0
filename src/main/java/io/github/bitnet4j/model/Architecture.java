package io.github.bitnet4j.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The model architectures this library runs, named as in {@code general.architecture}. */
public enum Architecture {
  /** BitNet b1.58 2B-4T as converters since 2025 name it. */
  BITNET_B158("bitnet-b1.58", Activation.RELU2),
  /** The same graph under its earlier name. */
  BITNET_25("bitnet-25", Activation.RELU2),
  /** The 1bitLLM reproductions: the same graph with SiLU. */
  BITNET("bitnet", Activation.SILU);

  private final String key;
  private final Activation activation;

  Architecture(String key, Activation activation) {
    this.key = key;
    this.activation = activation;
  }

  /** The architecture's name in files; also the prefix of its metadata keys. */
  public String key() {
    return key;
  }

  /** The activation its files mean unless the caller overrides it. */
  public Activation activation() {
    return activation;
  }

  /** The architecture of that name. */
  public static Optional<Architecture> named(String key) {
    return Arrays.stream(values()).filter(a -> a.key.equals(key)).findFirst();
  }

  /** All names, for messages. */
  static String names() {
    return Arrays.stream(values()).map(Architecture::key).collect(Collectors.joining(", "));
  }
}
