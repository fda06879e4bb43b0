package io.github.bitnet4j.cli;

import io.github.bitnet4j.sampling.DryOptions;
import io.github.bitnet4j.sampling.SamplingOptions;
import java.util.List;
import picocli.CommandLine.Option;

/** What keeps a text from repeating itself. */
final class RepetitionArguments {
  private static final List<String> NO_BREAKERS = List.of("none");

  @Option(
      names = "--repeat-penalty",
      paramLabel = "X",
      description =
          "Make tokens that were there lately less probable, if above 1, or more, if below; 1"
              + " changes nothing. Default: ${DEFAULT-VALUE}.")
  private float repeatPenalty = 1;

  @Option(
      names = "--repeat-last-n",
      paramLabel = "N",
      description =
          "How many tokens back these penalties look; 0 for off, -1 for all."
              + " Default: ${DEFAULT-VALUE}.")
  private int repeatLastN = 64;

  @Option(
      names = "--presence-penalty",
      paramLabel = "X",
      description =
          "Taken from the logits of tokens that were there lately; 0 for off."
              + " Default: ${DEFAULT-VALUE}.")
  private float presencePenalty = 0;

  @Option(
      names = "--frequency-penalty",
      paramLabel = "X",
      description =
          "Taken from the logits of tokens for each time they were there lately; 0 for off."
              + " Default: ${DEFAULT-VALUE}.")
  private float frequencyPenalty = 0;

  @Option(
      names = "--dry-multiplier",
      paramLabel = "X",
      description =
          "DRY: takes X * base^(length - allowed) from the logit of a token that would prolong a"
              + " repetition; 0 for off. Default: ${DEFAULT-VALUE}.")
  private float dryMultiplier = DryOptions.OFF.multiplier();

  @Option(
      names = "--dry-base",
      paramLabel = "X",
      description = "DRY's base, 1 or more. Default: ${DEFAULT-VALUE}.")
  private float dryBase = DryOptions.OFF.base();

  @Option(
      names = "--dry-allowed-length",
      paramLabel = "TOKENS",
      description =
          "Repetitions shorter than this cost nothing, 1 or more. Default: ${DEFAULT-VALUE}.")
  private int dryAllowedLength = DryOptions.OFF.allowedLength();

  @Option(
      names = "--dry-penalty-last-n",
      paramLabel = "N",
      description =
          "How many tokens back DRY looks; 0 for off, -1 for all. Default: ${DEFAULT-VALUE}.")
  private int dryLastN = DryOptions.OFF.lastN();

  @Option(
      names = "--dry-sequence-breaker",
      paramLabel = "TEXT",
      description =
          "Repetitions do not reach back over TEXT; may be given several times, and replaces the"
              + " usual ones: line break, colon, double quote and asterisk. 'none' for none.")
  private List<String> dryBreakers = DryOptions.OFF.breakers();

  /**
   * The options with these.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  SamplingOptions applyTo(SamplingOptions options) {
    List<String> breakers = dryBreakers.equals(NO_BREAKERS) ? List.of() : dryBreakers;
    return options
        .withRepeatPenalty(repeatPenalty)
        .withRepeatLastN(repeatLastN)
        .withPresencePenalty(presencePenalty)
        .withFrequencyPenalty(frequencyPenalty)
        .withDry(new DryOptions(dryMultiplier, dryBase, dryAllowedLength, dryLastN, breakers));
  }
}
