package io.github.bitnet4j.cli;

import io.github.bitnet4j.sampling.DynamicTemperatureOptions;
import io.github.bitnet4j.sampling.MirostatOptions;
import io.github.bitnet4j.sampling.SamplerStep;
import io.github.bitnet4j.sampling.SamplingOptions;
import io.github.bitnet4j.sampling.XtcOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How tokens are chosen; names, order and defaults are llama.cpp's. */
final class SamplingArguments {
  private static final long ANY_SEED = -1;
  private static final Pattern BIAS =
      Pattern.compile("(\\d{1,9})([+-](?:inf|[0-9.]+(?:e-?\\d+)?))");

  @ArgGroup(validate = false, heading = "%nChoosing tokens:%n")
  private Usual usual = new Usual();

  @ArgGroup(validate = false, heading = "%nAgainst repetition:%n")
  private RepetitionArguments repetition = new RepetitionArguments();

  @ArgGroup(validate = false, heading = "%nFurther samplers:%n")
  private Further further = new Further();

  private static final class Usual {
    @Option(
        names = {"--temp", "--temperature"},
        paramLabel = "T",
        description =
            "Temperature, 0 or more: higher is more surprising; 0 always takes the most probable"
                + " token. Default: ${DEFAULT-VALUE}.")
    private float temperature = 0.8f;

    @Option(
        names = "--top-k",
        paramLabel = "K",
        description =
            "Choose among the K most probable tokens; 0 for all. Default: ${DEFAULT-VALUE}.")
    private int topK = 40;

    @Option(
        names = "--top-p",
        paramLabel = "P",
        description =
            "Choose among the most probable tokens that together have probability P, above 0 and at"
                + " most 1. Default: ${DEFAULT-VALUE}.")
    private float topP = 0.95f;

    @Option(
        names = "--min-p",
        paramLabel = "P",
        description =
            "Choose among tokens at least P times as probable as the most probable one, 0 to 1."
                + " Default: ${DEFAULT-VALUE}.")
    private float minP = 0.05f;

    @Option(
        names = {"-s", "--seed"},
        paramLabel = "SEED",
        description =
            "Whole number that fixes the random choices: the same seed gives the same text; -1"
                + " takes a new one every time, which --verbose shows. Default: ${DEFAULT-VALUE}.")
    private long seed = ANY_SEED;

    @Option(
        names = "--samplers",
        paramLabel = "ORDER",
        description =
            "The samplers that run, in their order, between semicolons or commas; one left out does"
                + " not run. Default: penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;"
                + "temperature.")
    private Optional<String> samplers = Optional.empty();

    @Option(
        names = {"--sampler-seq", "--sampling-seq"},
        paramLabel = "LETTERS",
        description = "The same in letters. Default: edskypmxt.")
    private Optional<String> letters = Optional.empty();
  }

  private static final class Further {
    @Option(
        names = {"--typical", "--typical-p"},
        paramLabel = "P",
        description =
            "Choose among the tokens about as surprising as expected that together have probability"
                + " P, above 0 and at most 1; 1 for off. Default: ${DEFAULT-VALUE}.")
    private float typicalP = 1;

    @Option(
        names = {"--top-nsigma", "--top-n-sigma"},
        paramLabel = "N",
        description =
            "Choose among tokens whose logit is within N standard deviations of the highest; 0 or"
                + " below for off. Default: ${DEFAULT-VALUE}.")
    private float topNSigma = -1;

    @Option(
        names = "--xtc-probability",
        paramLabel = "P",
        description =
            "How often to exclude all but the least of the most probable tokens, 0 to 1; 0 for off."
                + " Default: ${DEFAULT-VALUE}.")
    private float xtcProbability = XtcOptions.OFF.probability();

    @Option(
        names = "--xtc-threshold",
        paramLabel = "P",
        description =
            "The probability from which on they are, 0 to 1; above 0.5 for off."
                + " Default: ${DEFAULT-VALUE}.")
    private float xtcThreshold = XtcOptions.OFF.threshold();

    @Option(
        names = "--dynatemp-range",
        paramLabel = "R",
        description =
            "Let the temperature T go from T - R, where the model is sure, to T + R, where it is"
                + " not; 0 for off. Default: ${DEFAULT-VALUE}.")
    private float dynatempRange = DynamicTemperatureOptions.OFF.range();

    @Option(
        names = "--dynatemp-exp",
        paramLabel = "X",
        description =
            "How it follows the uncertainty: 1 in proportion, above 1 later."
                + " Default: ${DEFAULT-VALUE}.")
    private float dynatempExponent = DynamicTemperatureOptions.OFF.exponent();

    @Option(
        names = "--mirostat",
        paramLabel = "VERSION",
        description =
            "Steer the surprise of the text with Mirostat 1 or 2, in place of all samplers but"
                + " penalties, dry and temperature; 0 for off. Default: ${DEFAULT-VALUE}.")
    private int mirostat = MirostatOptions.OFF.version();

    @Option(
        names = "--mirostat-ent",
        paramLabel = "BITS",
        description = "Mirostat's target, in bits per token, 0 or more. Default: ${DEFAULT-VALUE}.")
    private float mirostatEntropy = MirostatOptions.OFF.targetEntropy();

    @Option(
        names = "--mirostat-lr",
        paramLabel = "RATE",
        description = "Mirostat's learning rate, 0 or more. Default: ${DEFAULT-VALUE}.")
    private float mirostatRate = MirostatOptions.OFF.learningRate();

    @Option(
        names = {"-l", "--logit-bias"},
        paramLabel = "ID(+|-)BIAS",
        description =
            "Add to the logit of the token with this id: 15043+1 makes it more probable, 15043-1"
                + " less, 15043-inf impossible. May be given several times; 'bitnet tokenize'"
                + " tells ids.")
    private List<String> logitBiases = List.of();

    @Option(
        names = "--min-keep",
        paramLabel = "N",
        description =
            "Samplers that remove tokens leave at least N, 0 or more. Default: ${DEFAULT-VALUE}.")
    private int minKeep = 0;
  }

  /** The sampling options these are, with a definite seed; what is out of range is wrong usage. */
  SamplingOptions toSamplingOptions(Command command) {
    try {
      SamplingOptions options =
          repetition
              .applyTo(SamplingOptions.DEFAULT)
              .withOrder(order(command))
              .withTemperature(usual.temperature)
              .withTopK(usual.topK)
              .withTopP(usual.topP)
              .withMinP(usual.minP)
              .withTypicalP(further.typicalP)
              .withTopNSigma(further.topNSigma)
              .withXtc(new XtcOptions(further.xtcProbability, further.xtcThreshold))
              .withDynamicTemperature(
                  new DynamicTemperatureOptions(further.dynatempRange, further.dynatempExponent))
              .withMirostat(
                  new MirostatOptions(
                      further.mirostat, further.mirostatEntropy, further.mirostatRate))
              .withLogitBias(biases(command))
              .withMinKeep(further.minKeep);
      return usual.seed == ANY_SEED ? options.withDefiniteSeed() : options.withSeed(usual.seed);
    } catch (IllegalArgumentException e) {
      throw command.usage("%s", e.getMessage());
    }
  }

  private List<SamplerStep> order(Command command) {
    if (usual.samplers.isPresent() && usual.letters.isPresent()) {
      throw command.usage("--samplers and --sampler-seq say the same; give one of them");
    }
    return usual
        .samplers
        .map(SamplerStep::parseOrder)
        .or(() -> usual.letters.map(SamplerStep::parseLetters))
        .orElse(SamplerStep.DEFAULT_ORDER);
  }

  private Map<Integer, Float> biases(Command command) {
    var biases = new LinkedHashMap<Integer, Float>();
    for (String text : further.logitBiases) {
      Matcher bias = BIAS.matcher(text);
      if (!bias.matches()) {
        throw command.usage(
            "%s is no logit bias; write a token id and a signed number, such as 15043+1 or"
                + " 15043-inf",
            Text.quote(text));
      }
      try {
        biases.put(Integer.valueOf(bias.group(1)), number(bias.group(2)));
      } catch (NumberFormatException e) {
        throw command.usage("%s is no logit bias: its number is malformed", Text.quote(text));
      }
    }
    return biases;
  }

  private static Float number(String text) {
    return Float.valueOf(text.replace("inf", "Infinity"));
  }
}
