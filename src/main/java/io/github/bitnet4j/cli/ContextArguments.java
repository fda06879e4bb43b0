package io.github.bitnet4j.cli;

import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.session.SessionOptions;
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

  @Option(
      names = "--kv-type",
      paramLabel = "TYPE",
      defaultValue = "f16",
      converter = EnumNames.KvTypes.class,
      completionCandidates = EnumNames.KvTypes.class,
      description =
          "How keys and values are stored: ${COMPLETION-CANDIDATES}. q8_0 takes 53 %% of f16's"
              + " memory and rounds more. Default: ${DEFAULT-VALUE}.")
  private KvType kvType;

  /** The session options these are; what is out of range is wrong usage. */
  SessionOptions toSessionOptions(Command command) {
    try {
      return SessionOptions.DEFAULT.withContextLength(contextTokens).withKvType(kvType);
    } catch (IllegalArgumentException e) {
      throw command.usage("%s", e.getMessage());
    }
  }
}
