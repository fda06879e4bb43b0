package io.github.bitnet4j.cli;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.constraint.Grammar;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.generate.LogprobOptions;
import io.github.bitnet4j.model.ModelOptions;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How text is generated: how tokens are chosen, where it ends, and what is told of it. */
final class GenerationArguments {
  private static final int NO_LIMIT = -1;

  @ArgGroup(validate = false, heading = "%nWhere the text ends:%n")
  private End end = new End();

  @ArgGroup(heading = "%nWhat the text may be (at most one of these):%n")
  private ConstraintArguments constraint = new ConstraintArguments();

  @ArgGroup(validate = false, heading = "%nLog-probabilities:%n")
  private LogprobArguments logprobs = new LogprobArguments();

  @Mixin private SamplingArguments sampling;

  @Option(
      names = "--screened-head",
      description =
          "Keep an 8-bit copy of the head, by which only rows whose logits can be among the highest"
              + " have to be computed: faster, for half the memory of an F16 head more. The text is"
              + " the same. Of use where the samplers begin with top-k or the text is greedy,"
              + " without penalties.")
  private boolean screenedHead;

  /** How the model is to be loaded for this. */
  ModelOptions apply(ModelOptions options) {
    return options.withScreenedHead(screenedHead);
  }

  private static final class End {
    @Option(
        names = "--stop",
        paramLabel = "TEXT",
        description =
            "End the text where the model writes TEXT, and do not show that; may be given several"
                + " times. TEXT is taken as it is: write a line break as your shell does.")
    private List<String> stops = List.of();

    @Option(names = "--ignore-eos", description = "Never choose a token that ends the text.")
    private boolean ignoreEnd;
  }

  private static final class LogprobArguments {
    @Option(
        names = "--logprobs",
        paramLabel = "N",
        description =
            "Write a line for each token, with its id, its log-probability and its text in quotes;"
                + " below it, indented, those of the N most probable tokens, 0 or more.")
    private Optional<Integer> top = Optional.empty();

    @Option(
        names = "--logprobs-after-sampling",
        description =
            "With --logprobs: among the tokens the samplers left, not by the model alone.")
    private boolean afterSampling;

    @Option(
        names = "--logprobs-prompt",
        description = "With --logprobs: the tokens of the prompt too, always by the model alone.")
    private boolean prompt;
  }

  /**
   * The grammar that the text is held to, if there is one; what cannot be read is wrong usage.
   *
   * @throws IOException if a file cannot be read
   */
  Optional<Grammar> readGrammar(Command command) throws IOException {
    return constraint.read(command);
  }

  /** Options that hold the text to a grammar, if there is one; one of no use is wrong usage. */
  static GenerateOptions constrained(
      Command command, GenerateOptions options, Optional<Grammar> grammar, BitNetModel model) {
    try {
      return grammar
          .map(g -> options.withConstraint(model.constraints().compile(g)))
          .orElse(options);
    } catch (IllegalArgumentException e) {
      throw command.usage("%s", e.getMessage());
    }
  }

  /**
   * The options these are, without the grammar and with a definite seed; what is out of range is
   * wrong usage.
   *
   * @param maxTokens 0 or, as in llama.cpp, −1 for as many as the context holds
   */
  GenerateOptions toGenerateOptions(Command command, int maxTokens) {
    if (logprobs.top.isEmpty() && (logprobs.afterSampling || logprobs.prompt)) {
      throw command.usage(
          "%s needs --logprobs",
          logprobs.prompt ? "--logprobs-prompt" : "--logprobs-after-sampling");
    }
    var chosen = sampling.toSamplingOptions(command);
    try {
      var options =
          GenerateOptions.sampling(chosen)
              .withMaxTokens(maxTokens == NO_LIMIT ? 0 : maxTokens)
              .withIgnoreEnd(end.ignoreEnd)
              .withStopStrings(end.stops);
      return logprobs
          .top
          .map(n -> new LogprobOptions(n, logprobs.afterSampling, logprobs.prompt))
          .map(options::withLogprobs)
          .orElse(options);
    } catch (IllegalArgumentException e) {
      throw command.usage("%s", e.getMessage());
    }
  }
}
