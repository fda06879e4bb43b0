package io.github.bitnet4j.sampling;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * How the next token is chosen; names, defaults and order are llama.cpp's. Logit biases come first,
 * then the samplers in their order, then the draw. Change what differs from {@link #DEFAULT} or
 * {@link #GREEDY} with the {@code with} methods.
 *
 * @param order the samplers that run and their order; one that is not named does not run
 * @param temperature 0 or more; 0 always takes the most probable token
 * @param dynamicTemperature whether the temperature follows the model's uncertainty
 * @param topK keeps the k most probable tokens; 0 keeps all
 * @param topP keeps the most probable tokens that sum to this, above 0 and at most 1; 1 keeps all
 * @param minP keeps tokens at least this times as probable as the first, 0 to 1; 0 keeps all
 * @param typicalP keeps the tokens closest to the expected surprise that sum to this, above 0 and
 *     at most 1; 1 keeps all
 * @param topNSigma keeps tokens this many standard deviations of the logits from the highest; 0 or
 *     below keeps all
 * @param xtc how the most probable tokens are excluded now and then
 * @param repeatPenalty above 0; 1 changes nothing
 * @param frequencyPenalty finite; what every occurrence of a token takes from its logit
 * @param presencePenalty finite; what occurring at all takes from a token's logit
 * @param repeatLastN how many tokens back these penalties look; −1 for all of them, 0 for off
 * @param dry how prolonging repetitions is discouraged
 * @param mirostat if on, takes the place of all samplers but penalties, DRY and temperature
 * @param logitBias what is added to the logits of tokens, by id; −∞ rules a token out
 * @param minKeep samplers that remove tokens leave at least this many; 0 or more
 * @param seed of the random draws; empty takes a new one for each chain
 */
public record SamplingOptions(
    List<SamplerStep> order,
    float temperature,
    DynamicTemperatureOptions dynamicTemperature,
    int topK,
    float topP,
    float minP,
    float typicalP,
    float topNSigma,
    XtcOptions xtc,
    float repeatPenalty,
    float frequencyPenalty,
    float presencePenalty,
    int repeatLastN,
    DryOptions dry,
    MirostatOptions mirostat,
    Map<Integer, Float> logitBias,
    int minKeep,
    OptionalLong seed) {

  /** Temperature 0.8, top-k 40, top-p 0.95, min-p 0.05, all else off, any seed. */
  public static final SamplingOptions DEFAULT = new Change().toOptions();

  /** Always the most probable token. */
  public static final SamplingOptions GREEDY = DEFAULT.withTemperature(0);

  /** Makes the chances of XTC independent of the draws, which have the seed itself. */
  private static final long XTC_SEED = 0x9E3779B97F4A7C15L;

  /**
   * @throws IllegalArgumentException if a value is outside its range, which the message names
   */
  public SamplingOptions {
    order = List.copyOf(order);
    for (var step : order) {
      Range.check(
          order.indexOf(step) == order.lastIndexOf(step),
          "the order of samplers",
          "without repetitions",
          SamplerStep.format(order));
    }
    Range.check(
        Range.isFrom0(temperature), "temperature", "0 (greedy) or more, and finite", temperature);
    Objects.requireNonNull(dynamicTemperature, "dynamicTemperature");
    Range.check(topK >= 0, "top-k", "1 or more, or 0 to keep all tokens", topK);
    Range.check(topP > 0 && topP <= 1, "top-p", "above 0 and at most 1", topP);
    Range.check(minP >= 0 && minP <= 1, "min-p", "0 to 1", minP);
    Range.check(typicalP > 0 && typicalP <= 1, "typical", "above 0 and at most 1", typicalP);
    Range.check(Float.isFinite(topNSigma), "top-nsigma", "finite", topNSigma);
    Objects.requireNonNull(xtc, "xtc");
    Range.check(
        repeatPenalty > 0 && repeatPenalty < Float.POSITIVE_INFINITY,
        "repeat-penalty",
        "above 0 and finite",
        repeatPenalty);
    Range.check(Float.isFinite(frequencyPenalty), "frequency-penalty", "finite", frequencyPenalty);
    Range.check(Float.isFinite(presencePenalty), "presence-penalty", "finite", presencePenalty);
    Range.check(
        repeatLastN >= TokenWindow.ALL,
        "repeat-last-n",
        "0 or more, or -1 for all tokens",
        repeatLastN);
    Objects.requireNonNull(dry, "dry");
    Objects.requireNonNull(mirostat, "mirostat");
    logitBias = Map.copyOf(logitBias);
    logitBias.forEach(
        (id, bias) -> {
          Range.check(id >= 0, "a token id of logit-bias", "0 or more", id);
          Range.check(!Float.isNaN(bias), "logit-bias of token " + id, "a number", bias);
        });
    Range.check(minKeep >= 0, "min-keep", "0 or more", minKeep);
    Objects.requireNonNull(seed, "seed");
  }

  /** The same with other samplers, or the same in another order. */
  public SamplingOptions withOrder(List<SamplerStep> newOrder) {
    return with(change -> change.order = newOrder);
  }

  /** The same with another temperature. */
  public SamplingOptions withTemperature(float newTemperature) {
    return with(change -> change.temperature = newTemperature);
  }

  /** The same with a temperature that follows the uncertainty, or not. */
  public SamplingOptions withDynamicTemperature(DynamicTemperatureOptions newOptions) {
    return with(change -> change.dynamicTemperature = newOptions);
  }

  /** The same with another top-k. */
  public SamplingOptions withTopK(int newTopK) {
    return with(change -> change.topK = newTopK);
  }

  /** The same with another top-p. */
  public SamplingOptions withTopP(float newTopP) {
    return with(change -> change.topP = newTopP);
  }

  /** The same with another min-p. */
  public SamplingOptions withMinP(float newMinP) {
    return with(change -> change.minP = newMinP);
  }

  /** The same with another typical-p. */
  public SamplingOptions withTypicalP(float newTypicalP) {
    return with(change -> change.typicalP = newTypicalP);
  }

  /** The same with another top-n-sigma. */
  public SamplingOptions withTopNSigma(float newTopNSigma) {
    return with(change -> change.topNSigma = newTopNSigma);
  }

  /** The same with other exclusions of the most probable tokens. */
  public SamplingOptions withXtc(XtcOptions newXtc) {
    return with(change -> change.xtc = newXtc);
  }

  /** The same with another repeat penalty. */
  public SamplingOptions withRepeatPenalty(float newPenalty) {
    return with(change -> change.repeatPenalty = newPenalty);
  }

  /** The same with another frequency penalty. */
  public SamplingOptions withFrequencyPenalty(float newPenalty) {
    return with(change -> change.frequencyPenalty = newPenalty);
  }

  /** The same with another presence penalty. */
  public SamplingOptions withPresencePenalty(float newPenalty) {
    return with(change -> change.presencePenalty = newPenalty);
  }

  /** The same with another window of the repeat, frequency and presence penalties. */
  public SamplingOptions withRepeatLastN(int newLastN) {
    return with(change -> change.repeatLastN = newLastN);
  }

  /** The same with other penalties for prolonging repetitions. */
  public SamplingOptions withDry(DryOptions newDry) {
    return with(change -> change.dry = newDry);
  }

  /** The same with Mirostat, or without. */
  public SamplingOptions withMirostat(MirostatOptions newMirostat) {
    return with(change -> change.mirostat = newMirostat);
  }

  /** The same with other logit biases, by token id. */
  public SamplingOptions withLogitBias(Map<Integer, Float> newLogitBias) {
    return with(change -> change.logitBias = newLogitBias);
  }

  /** The same with another number of tokens to keep at least. */
  public SamplingOptions withMinKeep(int newMinKeep) {
    return with(change -> change.minKeep = newMinKeep);
  }

  /** The same with draws fixed by {@code newSeed}. */
  public SamplingOptions withSeed(long newSeed) {
    return with(change -> change.seed = OptionalLong.of(newSeed));
  }

  /** The same with a definite seed, to report and repeat: the one there is, else a new one. */
  public SamplingOptions withDefiniteSeed() {
    return seed.isPresent() ? this : withSeed(new SecureRandom().nextLong());
  }

  /**
   * A chain that samples so, for one sequence; steps that change nothing are left out.
   *
   * @throws IllegalStateException if DRY is on and has sequence breakers: those need the texts of
   *     tokens
   */
  public SamplerChain newChain() {
    if (changesAnything(SamplerStep.DRY)
        && order.contains(SamplerStep.DRY)
        && !dry.breakers().isEmpty()) {
      throw new IllegalStateException(
          "DRY's sequence breakers need the texts of tokens: pass them to newChain");
    }
    return newChain(id -> new byte[0]);
  }

  /**
   * A chain that samples so, for one sequence; steps that change nothing are left out.
   *
   * @param tokenBytes gives the UTF-8 text, or part of one, of a token id; only read
   */
  public SamplerChain newChain(IntFunction<byte[]> tokenBytes) {
    long definiteSeed = withDefiniteSeed().seed().getAsLong();
    var samplers = new ArrayList<Sampler>();
    if (!logitBias.isEmpty()) {
      samplers.add(new LogitBias(logitBias));
    }
    for (var step : order) {
      if (changesAnything(step)) {
        samplers.add(sampler(step, tokenBytes, definiteSeed));
      }
    }
    if (temperature == 0) {
      return new SamplerChain(samplers, new Greedy());
    }
    return new SamplerChain(
        samplers,
        mirostat.version() > 0 ? new Mirostat(mirostat, definiteSeed) : new Draw(definiteSeed));
  }

  /**
   * How many of the highest logits decide which token is chosen, so that all others could as well
   * be −∞; empty if any logit can make a difference. Only tokens may be ruled out before the k most
   * probable are taken: penalties, for example, can bring forward a token from anywhere.
   */
  public OptionalInt decidingLogits() {
    if (!logitBias.values().stream().allMatch(bias -> bias == Float.NEGATIVE_INFINITY)) {
      return OptionalInt.empty();
    }
    Optional<SamplerStep> first = order.stream().filter(this::changesAnything).findFirst();
    long kept;
    if (first.equals(Optional.of(SamplerStep.TOP_K))) {
      kept = Math.max(topK, minKeep);
    } else if (first.isEmpty() && temperature == 0) {
      kept = 1;
    } else {
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) Math.min(kept + logitBias.size(), Integer.MAX_VALUE));
  }

  private boolean changesAnything(SamplerStep step) {
    boolean greedy = temperature == 0;
    boolean removes = mirostat.version() == 0 || greedy;
    boolean removesLesser = removes && !greedy; // the most probable token always stays
    return switch (step) {
      case PENALTIES ->
          repeatLastN != 0 && (repeatPenalty != 1 || frequencyPenalty != 0 || presencePenalty != 0);
      case DRY -> dry.isOn();
      case TOP_N_SIGMA -> removesLesser && topNSigma > 0;
      case TOP_K -> removesLesser && topK > 0;
      case TYP_P -> removes && typicalP < 1;
      case TOP_P -> removesLesser && topP < 1;
      case MIN_P -> removesLesser && minP > 0;
      case XTC -> removes && xtc.isOn();
      case TEMPERATURE -> !greedy && (temperature != 1 || dynamicTemperature.range() > 0);
    };
  }

  private Sampler sampler(SamplerStep step, IntFunction<byte[]> tokenBytes, long definiteSeed) {
    return switch (step) {
      case PENALTIES ->
          new Penalties(repeatPenalty, frequencyPenalty, presencePenalty, repeatLastN);
      case DRY -> new Dry(dry, tokenBytes);
      case TOP_N_SIGMA -> new TopNSigma(topNSigma, minKeep);
      case TOP_K -> new TopK(topK, minKeep);
      case TYP_P -> new Typical(typicalP, minKeep);
      case TOP_P -> new TopP(topP, minKeep);
      case MIN_P -> new MinP(minP, minKeep);
      case XTC -> new Xtc(xtc, minKeep, definiteSeed ^ XTC_SEED);
      case TEMPERATURE ->
          dynamicTemperature.range() > 0
              ? new DynamicTemperature(temperature, dynamicTemperature)
              : new Temperature(temperature);
    };
  }

  private SamplingOptions with(Consumer<Change> edit) {
    var change = new Change(this);
    edit.accept(change);
    return change.toOptions();
  }

  /** Options in the making; at first llama.cpp's defaults. */
  private static final class Change {
    List<SamplerStep> order = SamplerStep.DEFAULT_ORDER;
    float temperature = 0.8f;
    DynamicTemperatureOptions dynamicTemperature = DynamicTemperatureOptions.OFF;
    int topK = 40;
    float topP = 0.95f;
    float minP = 0.05f;
    float typicalP = 1;
    float topNSigma = -1;
    XtcOptions xtc = XtcOptions.OFF;
    float repeatPenalty = 1;
    float frequencyPenalty = 0;
    float presencePenalty = 0;
    int repeatLastN = 64;
    DryOptions dry = DryOptions.OFF;
    MirostatOptions mirostat = MirostatOptions.OFF;
    Map<Integer, Float> logitBias = Map.of();
    int minKeep = 0;
    OptionalLong seed = OptionalLong.empty();

    Change() {}

    Change(SamplingOptions from) {
      order = from.order;
      temperature = from.temperature;
      dynamicTemperature = from.dynamicTemperature;
      topK = from.topK;
      topP = from.topP;
      minP = from.minP;
      typicalP = from.typicalP;
      topNSigma = from.topNSigma;
      xtc = from.xtc;
      repeatPenalty = from.repeatPenalty;
      frequencyPenalty = from.frequencyPenalty;
      presencePenalty = from.presencePenalty;
      repeatLastN = from.repeatLastN;
      dry = from.dry;
      mirostat = from.mirostat;
      logitBias = from.logitBias;
      minKeep = from.minKeep;
      seed = from.seed;
    }

    SamplingOptions toOptions() {
      return new SamplingOptions(
          order,
          temperature,
          dynamicTemperature,
          topK,
          topP,
          minP,
          typicalP,
          topNSigma,
          xtc,
          repeatPenalty,
          frequencyPenalty,
          presencePenalty,
          repeatLastN,
          dry,
          mirostat,
          logitBias,
          minKeep,
          seed);
    }
  }
}
