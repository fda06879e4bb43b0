package io.github.bitnet4j.bench;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.LongStream;

/**
 * The times of one test on one model.
 *
 * @param subject what was measured
 * @param threads threads it computed with
 * @param test what was timed
 * @param work what a repetition of the test needs at least
 * @param start when the test began
 * @param nanos time of each repetition
 * @param joules energy of each repetition; empty where it was not measured
 * @param limits the machine's, measured around the test; empty where they were not
 */
public record BenchResult(
    Subject subject,
    int threads,
    BenchTest test,
    Work work,
    Instant start,
    List<Long> nanos,
    List<Double> joules,
    Optional<MachineLimits> limits) {

  public BenchResult {
    nanos = List.copyOf(nanos);
    joules = List.copyOf(joules);
  }

  /** Tokens a second, for each repetition. */
  public double[] tokensPerSecond() {
    return longs().mapToDouble(t -> test.timedTokens() * 1e9 / t).toArray();
  }

  /** Nanoseconds, for each repetition. */
  public double[] nanoseconds() {
    return longs().asDoubleStream().toArray();
  }

  /** Bytes that must be read from memory for each token. */
  public double bytesPerToken() {
    return (double) work.bytes() / test.timedTokens();
  }

  /** Multiply-adds of 8-bit integers for each token. */
  public double multiplyAddsPerToken() {
    return (double) work.multiplyAdds() / test.timedTokens();
  }

  /** How much of the read bandwidth the test used, 1 being all of it. */
  public OptionalDouble readShare() {
    return limits
        .map(limit -> share(bytesPerToken(), limit.readBytesPerSecond()))
        .orElse(OptionalDouble.empty());
  }

  /** How much of the multiply-add peak the test used, 1 being all of it. */
  public OptionalDouble multiplyAddShare() {
    return limits
        .map(limit -> share(multiplyAddsPerToken(), limit.multiplyAddsPerSecond()))
        .orElse(OptionalDouble.empty());
  }

  /** Mean energy of a token. */
  public OptionalDouble joulesPerToken() {
    double all = joules.stream().mapToDouble(Double::doubleValue).sum();
    return joules.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(all / joules.size() / test.timedTokens());
  }

  private OptionalDouble share(double perToken, double limitPerSecond) {
    double perSecond = perToken * Statistics.mean(tokensPerSecond());
    return limitPerSecond > 0
        ? OptionalDouble.of(perSecond / limitPerSecond)
        : OptionalDouble.empty();
  }

  private LongStream longs() {
    return nanos.stream().mapToLong(Long::longValue);
  }
}
