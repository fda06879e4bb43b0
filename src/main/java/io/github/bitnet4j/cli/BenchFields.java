package io.github.bitnet4j.cli;

import io.github.bitnet4j.bench.BenchResult;
import io.github.bitnet4j.bench.MachineLimits;
import io.github.bitnet4j.bench.Statistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A result as named fields: llama-bench's names where it has them, in its order, then our own.
 * Values are numbers, text, or an empty {@link Optional} where something was not measured.
 */
final class BenchFields {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private BenchFields() {}

  /**
   * All fields that are one value.
   *
   * <p>Of our own, {@code read_bandwidth} is in bytes a second and {@code multiply_add_peak} in
   * 8-bit multiply-adds a second, both as the machine does them; the shares are of those, 1 being
   * all.
   */
  static Map<String, Object> of(BenchResult result) {
    var test = result.test();
    String kvType = EnumNames.of(test.kvType());
    double[] rates = result.tokensPerSecond();
    var fields = new LinkedHashMap<String, Object>();
    fields.put("cpu_info", cpuName());
    fields.put("backends", result.subject().kernel());
    fields.put("model_filename", result.subject().file());
    fields.put("model_type", BenchColumns.model(result));
    fields.put("model_size", result.subject().bytes());
    fields.put("model_n_params", result.subject().parameters());
    fields.put("n_batch", test.batchTokens());
    fields.put("n_threads", result.threads());
    fields.put("type_k", kvType);
    fields.put("type_v", kvType);
    fields.put("n_prompt", test.promptTokens());
    fields.put("n_gen", test.generatedTokens());
    fields.put("n_depth", test.depthTokens());
    fields.put("test_time", result.start().truncatedTo(ChronoUnit.SECONDS).toString());
    fields.put("avg_ns", Math.round(Statistics.mean(result.nanoseconds())));
    fields.put("stddev_ns", Math.round(Statistics.deviation(result.nanoseconds())));
    fields.put("avg_ts", rounded(Statistics.mean(rates)));
    fields.put("stddev_ts", rounded(Statistics.deviation(rates)));
    fields.put("n_sequences", test.sequences());
    fields.put("weights", EnumNames.of(result.subject().weightMemory()));
    fields.put("head_type", EnumNames.of(result.subject().headType()));
    fields.put("head_bytes", result.subject().headBytes());
    fields.put("screened_head", result.subject().screenedHead() ? 1 : 0);
    fields.put("bytes_per_token", rounded(result.bytesPerToken()));
    fields.put("multiply_adds_per_token", rounded(result.multiplyAddsPerToken()));
    fields.put(
        "read_bandwidth", result.limits().map(MachineLimits::readBytesPerSecond).map(Math::round));
    fields.put(
        "multiply_add_peak",
        result
            .limits()
            .map(MachineLimits::multiplyAddsPerSecond)
            .filter(p -> p > 0)
            .map(Math::round));
    fields.put("read_share", rounded(result.readShare()));
    fields.put("multiply_add_share", rounded(result.multiplyAddShare()));
    fields.put("joules_per_token", rounded(result.joulesPerToken()));
    return fields;
  }

  /** Those fields, null where not measured, and every sample, for JSON. */
  static Map<String, Object> withSamples(BenchResult result) {
    var tree = new LinkedHashMap<String, Object>();
    of(result)
        .forEach(
            (name, value) ->
                tree.put(name, value instanceof Optional<?> o ? o.orElse(null) : value));
    tree.put("samples_ns", result.nanos());
    tree.put("samples_ts", Arrays.stream(result.tokensPerSecond()).boxed().toList());
    if (!result.joules().isEmpty()) {
      tree.put("samples_joules", result.joules());
    }
    return tree;
  }

  /** Names of the fields that are text; all others are numbers. */
  static List<String> textFields() {
    return List.of(
        "cpu_info",
        "backends",
        "model_filename",
        "model_type",
        "type_k",
        "type_v",
        "head_type",
        "test_time");
  }

  private static Optional<Double> rounded(OptionalDouble value) {
    return value.isPresent() ? Optional.of(rounded(value.getAsDouble())) : Optional.empty();
  }

  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.6f", value));
  }

  /** What Linux calls the processor, elsewhere what the JVM calls its kind. */
  private static String cpuName() {
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
