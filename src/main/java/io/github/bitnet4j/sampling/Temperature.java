package io.github.bitnet4j.sampling;

/**
 * Sharpens (below 1) or flattens (above 1) the distribution: {@code lᵢ ← (lᵢ − max l) / t} (Ackley,
 * Hinton, Sejnowski 1985; subtracting the maximum changes no probability and cannot overflow).
 *
 * @param temperature t, above 0
 */
public record Temperature(float temperature) implements Sampler {
  public Temperature {
    Range.check(
        temperature > 0 && temperature < Float.POSITIVE_INFINITY,
        "temperature",
        "above 0 and finite",
        temperature);
  }

  @Override
  public void apply(Candidates candidates) {
    if (temperature != 1) {
      candidates.scaleFromHighest(temperature);
    }
  }
}
