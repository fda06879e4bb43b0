package io.github.bitnet4j.sampling;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Random numbers that a seed fixes on every platform. */
final class Uniform {
  private static final String GENERATOR = "L64X128MixRandom";

  private Uniform() {}

  /** The generator {@code L64X128MixRandom} (LXM; Steele and Vigna 2021). */
  static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of(GENERATOR).create(seed);
  }

  /** The next number of 53 bits, uniform in [0, 1). */
  static double next(RandomGenerator generator) {
    return (generator.nextLong() >>> 11) * 0x1p-53;
  }
}
