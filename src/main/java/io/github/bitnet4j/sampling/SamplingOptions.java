package io.github.bitnet4j.sampling;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * How the next token is chosen; defaults and order are llama.cpp's: repeat penalty, top-k, top-p,
 * min-p, temperature, draw.
 *
 * @param temperature 0 or more; 0 always takes the most probable token
 * @param topK keeps the k most probable tokens; 0 keeps all
 * @param topP keeps the most probable tokens that sum to this, above 0 and at most 1; 1 keeps all
 * @param minP keeps tokens at least this times as probable as the first, 0 to 1; 0 keeps all
 * @param repeatPenalty above 0; 1 changes nothing
 * @param repeatLastN how many tokens back the repeat penalty looks, 0 or more
 * @param seed of the random draws; empty takes a new one for each chain
 */
public record SamplingOptions(
    float temperature,
    int topK,
    float topP,
    float minP,
    float repeatPenalty,
    int repeatLastN,
    OptionalLong seed) {

  /** Temperature 0.8, top-k 40, top-p 0.95, min-p 0.05, no repeat penalty, any seed. */
  public static final SamplingOptions DEFAULT =
      new SamplingOptions(0.8f, 40, 0.95f, 0.05f, 1.0f, 64, OptionalLong.empty());

  /** Always the most probable token. */
  public static final SamplingOptions GREEDY = DEFAULT.withTemperature(0);

  /**
   * @throws IllegalArgumentException if a value is outside its range, which the message names
   */
  public SamplingOptions {
    Range.check(
        temperature >= 0 && temperature < Float.POSITIVE_INFINITY,
        "temperature",
        "0 (greedy) or more, and finite",
        temperature);
    Range.check(topK >= 0, "top-k", "1 or more, or 0 to keep all tokens", topK);
    Range.check(topP > 0 && topP <= 1, "top-p", "above 0 and at most 1", topP);
    Range.check(minP >= 0 && minP <= 1, "min-p", "0 to 1", minP);
    Range.check(
        repeatPenalty > 0 && repeatPenalty < Float.POSITIVE_INFINITY,
        "repeat-penalty",
        "above 0 and finite",
        repeatPenalty);
    Range.check(repeatLastN >= 0, "repeat-last-n", "0 or more", repeatLastN);
    Objects.requireNonNull(seed);
  }

  /** The same with another temperature. */
  public SamplingOptions withTemperature(float newTemperature) {
    return new SamplingOptions(newTemperature, topK, topP, minP, repeatPenalty, repeatLastN, seed);
  }

  /** The same with another top-k. */
  public SamplingOptions withTopK(int newTopK) {
    return new SamplingOptions(temperature, newTopK, topP, minP, repeatPenalty, repeatLastN, seed);
  }

  /** The same with another top-p. */
  public SamplingOptions withTopP(float newTopP) {
    return new SamplingOptions(temperature, topK, newTopP, minP, repeatPenalty, repeatLastN, seed);
  }

  /** The same with another min-p. */
  public SamplingOptions withMinP(float newMinP) {
    return new SamplingOptions(temperature, topK, topP, newMinP, repeatPenalty, repeatLastN, seed);
  }

  /** The same with another repeat penalty. */
  public SamplingOptions withRepeatPenalty(float newPenalty) {
    return new SamplingOptions(temperature, topK, topP, minP, newPenalty, repeatLastN, seed);
  }

  /** The same with another window of the repeat penalty. */
  public SamplingOptions withRepeatLastN(int newLastN) {
    return new SamplingOptions(temperature, topK, topP, minP, repeatPenalty, newLastN, seed);
  }

  /** The same with draws fixed by {@code newSeed}. */
  public SamplingOptions withSeed(long newSeed) {
    return new SamplingOptions(
        temperature, topK, topP, minP, repeatPenalty, repeatLastN, OptionalLong.of(newSeed));
  }

  /** The same with a definite seed, to report and repeat: the one there is, else a new one. */
  public SamplingOptions withDefiniteSeed() {
    return seed.isPresent() ? this : withSeed(new SecureRandom().nextLong());
  }

  /** A chain that samples so, for one sequence; steps that change nothing are left out. */
  public SamplerChain newChain() {
    var samplers = new ArrayList<Sampler>();
    if (repeatPenalty != 1 && repeatLastN > 0) {
      samplers.add(new RepeatPenalty(repeatPenalty, repeatLastN));
    }
    if (temperature == 0) {
      samplers.add(new Greedy());
      return new SamplerChain(samplers);
    }
    if (topK > 0) {
      samplers.add(new TopK(topK));
    }
    if (topP < 1) {
      samplers.add(new TopP(topP));
    }
    if (minP > 0) {
      samplers.add(new MinP(minP));
    }
    if (temperature != 1) {
      samplers.add(new Temperature(temperature));
    }
    samplers.add(new Draw(withDefiniteSeed().seed().getAsLong()));
    return new SamplerChain(samplers);
  }
}
