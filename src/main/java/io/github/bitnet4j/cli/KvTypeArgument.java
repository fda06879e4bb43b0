package io.github.bitnet4j.cli;

import io.github.bitnet4j.ffi.KvType;
import picocli.CommandLine.Option;

/** How keys and values are stored. */
final class KvTypeArgument {
  @Option(
      names = "--kv-type",
      paramLabel = "TYPE",
      defaultValue = "f16",
      converter = EnumNames.KvTypes.class,
      completionCandidates = EnumNames.KvTypes.class,
      description =
          "How keys and values are stored: ${COMPLETION-CANDIDATES}. q8_0 takes 53 %% of f16's"
              + " memory and rounds more. Default: ${DEFAULT-VALUE}.")
  KvType kvType;
}
