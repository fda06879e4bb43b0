package io.github.bitnet4j.cli;

import io.github.bitnet4j.text.Compatibility;
import picocli.CommandLine.Option;

/** Whose behaviour to follow where a file is incomplete or wrong. */
final class CompatArgument {
  @Option(
      names = "--compat",
      paramLabel = "WHOSE",
      defaultValue = "hugging-face",
      converter = EnumNames.Compatibilities.class,
      completionCandidates = EnumNames.Compatibilities.class,
      description =
          "Whose tokenizer and chat form to follow where the file leaves them out or has them"
              + " wrong: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  Compatibility compatibility;
}
