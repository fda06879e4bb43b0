package io.github.bitnet4j.bench;

import java.util.Arrays;

/** Mean and spread of a few samples. */
public final class Statistics {
  private Statistics() {}

  /** Mean of the samples; 0 for none. */
  public static double mean(double... samples) {
    return Arrays.stream(samples).average().orElse(0);
  }

  /** Standard deviation of a sample (divided by n - 1); 0 for fewer than two. */
  public static double deviation(double... samples) {
    double mean = mean(samples);
    double squares = Arrays.stream(samples).map(v -> (v - mean) * (v - mean)).sum();
    return samples.length < 2 ? 0 : Math.sqrt(squares / (samples.length - 1));
  }
}
