package io.github.bitnet4j.cli;

import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.model.WeightLayout;
import io.github.bitnet4j.model.WeightMemory;
import picocli.CommandLine.Option;

/** How ternary weights lie in the file, and where in memory. */
final class WeightArguments {
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
  private WeightLayout layout;

  @Option(
      names = "--weights",
      paramLabel = "MEMORY",
      defaultValue = "mapped",
      converter = EnumNames.WeightMemories.class,
      completionCandidates = EnumNames.WeightMemories.class,
      description =
          "Where the weights lie while computing: ${COMPLETION-CANDIDATES}. mapped reads them in"
              + " the file's pages, which processes share; copied loads them into large pages of"
              + " memory, where decoding is faster. The results are the same. Default:"
              + " ${DEFAULT-VALUE}.")
  private WeightMemory memory;

  ModelOptions apply(ModelOptions options) {
    return options.withLayout(layout).withWeights(memory);
  }
}
