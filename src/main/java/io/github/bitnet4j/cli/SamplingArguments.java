package io.github.bitnet4j.cli;

import io.github.bitnet4j.sampling.SamplingOptions;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** How tokens are chosen; names, order and defaults are llama.cpp's. */
final class SamplingArguments {
  private static final long ANY_SEED = -1;

  @Option(
      names = "--temp",
      paramLabel = "T",
      defaultValue = "0.8",
      description =
          "Temperature, 0 or more: higher is more surprising; 0 always takes the most probable"
              + " token. Default: ${DEFAULT-VALUE}.")
  private float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "40",
      description =
          "Choose among the K most probable tokens; 0 for all. Default: ${DEFAULT-VALUE}.")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "0.95",
      description =
          "Choose among the most probable tokens that together have probability P, above 0 and at"
              + " most 1. Default: ${DEFAULT-VALUE}.")
  private float topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      defaultValue = "0.05",
      description =
          "Choose among tokens at least P times as probable as the most probable one, 0 to 1."
              + " Default: ${DEFAULT-VALUE}.")
  private float minP;

  @Option(
      names = "--repeat-penalty",
      paramLabel = "X",
      defaultValue = "1.0",
      description =
          "Make tokens that were there lately less probable, if above 1, or more, if below; 1"
              + " changes nothing. Default: ${DEFAULT-VALUE}.")
  private float repeatPenalty;

  @Option(
      names = "--repeat-last-n",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "How many tokens back the repeat penalty looks, 0 or more. Default: ${DEFAULT-VALUE}.")
  private int repeatLastN;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "-1",
      description =
          "Whole number that fixes the random choices: the same seed gives the same text; -1 takes"
              + " a new one every time, which --verbose shows. Default: ${DEFAULT-VALUE}.")
  private long seed;

  /** The sampling options these are, with a definite seed; what is out of range is wrong usage. */
  SamplingOptions toSamplingOptions(Command command) {
    try {
      return new SamplingOptions(
              temperature,
              topK,
              topP,
              minP,
              repeatPenalty,
              repeatLastN,
              seed == ANY_SEED ? OptionalLong.empty() : OptionalLong.of(seed))
          .withDefiniteSeed();
    } catch (IllegalArgumentException e) {
      throw command.usage("%s", e.getMessage());
    }
  }
}
