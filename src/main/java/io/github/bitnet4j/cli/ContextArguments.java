package io.github.bitnet4j.cli;

import io.github.bitnet4j.session.SessionOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How much a session can hold. */
final class ContextArguments {
  @Option(
      names = {"-c", "--ctx-size"},
      paramLabel = "TOKENS",
      defaultValue = "0",
      description =
          "Tokens the context holds, prompt and answer together, up to 16777216; 0 for the model's"
              + " own length, but at most "
              + SessionOptions.DEFAULT_CONTEXT_LIMIT
              + ". Default: ${DEFAULT-VALUE}.")
  private int contextTokens;

  @Mixin private KvTypeArgument kvType;

  /** The session options these are; what is out of range is wrong usage. */
  SessionOptions toSessionOptions(Command command) {
    try {
      return SessionOptions.DEFAULT.withContextLength(contextTokens).withKvType(kvType.kvType);
    } catch (IllegalArgumentException e) {
      throw command.usage("%s", e.getMessage());
    }
  }
}
