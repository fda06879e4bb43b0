package io.github.bitnet4j.cli;

import io.github.bitnet4j.model.HeadType;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.model.WeightLayout;
import io.github.bitnet4j.model.WeightMemory;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How weights lie in the file, and how and where in memory. */
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
              + " memory, where decoding is faster; packed adds a copy in fewer bits, with which it"
              + " is faster where memory is scarce, as with many threads. The results are the same."
              + " Default: ${DEFAULT-VALUE}.")
  private WeightMemory memory;

  @Option(
      names = "--head-type",
      paramLabel = "TYPE",
      converter = EnumNames.HeadTypes.class,
      completionCandidates = EnumNames.HeadTypes.class,
      description =
          "Requantise the head when the model is loaded: ${COMPLETION-CANDIDATES}. Decoding reads"
              + " less memory. This is lossy: weights of the head are rounded, and the results are"
              + " those of the rounded head. Default: the head as the file has it.")
  private Optional<HeadType> headType = Optional.empty();

  ModelOptions apply(ModelOptions options) {
    var placed = options.withLayout(layout).withWeights(memory);
    return headType.map(placed::withHeadType).orElse(placed);
  }

  /** Whether the head is to be requantised. */
  boolean requantizesHead() {
    return headType.isPresent();
  }
}
