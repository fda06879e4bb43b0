package io.github.bitnet4j.cli;

import io.github.bitnet4j.model.WeightLayout;
import picocli.CommandLine.Option;

/** How ternary weights lie in the file. */
final class LayoutArgument {
  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      defaultValue = "block-128",
      converter = EnumNames.Layouts.class,
      completionCandidates = EnumNames.Layouts.class,
      description =
          "Placement of the weights in I2_S tensors, which the file does not tell:"
              + " ${COMPLETION-CANDIDATES}. Published files are block-128; try another if the text"
              + " is garbage. Default: ${DEFAULT-VALUE}.")
  WeightLayout layout;
}
