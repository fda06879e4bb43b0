package io.github.bitnet4j.sampling;

/**
 * Sharpens (below 1) or flattens (above 1) the distribution: {@code lᵢ ← (lᵢ − max l) / t} (Ackley,
 * Hinton, Sejnowski 1985; subtracting the maximum changes no probability and cannot overflow).
 *
 * @param temperature t, above 0
 */
record Temperature(float temperature) implements Sampler {
  @Override
  public void apply(Candidates candidates) {
    candidates.scaleFromHighest(temperature);
  }
}
