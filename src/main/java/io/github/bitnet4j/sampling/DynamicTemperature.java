package io.github.bitnet4j.sampling;

/**
 * A temperature that grows with uncertainty: {@code t = a + (b − a) (H / ln N)^e}, where H is the
 * entropy of the N candidates left, so that H / ln N lies between 0 and 1; a and b are the
 * temperature less and plus the range, a not below 0 (kalomaze 2023, koboldcpp). At t = 0, and so
 * with one candidate, the most probable token stays alone.
 *
 * @param temperature the middle of the range, above 0
 */
record DynamicTemperature(float temperature, DynamicTemperatureOptions options) implements Sampler {
  @Override
  public void apply(Candidates candidates) {
    if (candidates.size() == 1) {
      return;
    }
    double lowest = Math.max(0, (double) temperature - options.range());
    double highest = (double) temperature + options.range();
    double uncertainty = Entropy.of(candidates) / StrictMath.log(candidates.size());
    double grown = StrictMath.pow(Math.clamp(uncertainty, 0, 1), options.exponent());
    double chosen = lowest + (highest - lowest) * grown;
    if (chosen > 0) {
      candidates.scaleFromHighest(chosen);
    } else {
      candidates.keepOnly(candidates.indexOfHighest());
    }
  }
}
