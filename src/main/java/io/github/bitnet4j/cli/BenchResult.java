package io.github.bitnet4j.cli;

import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.TensorSlot;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The times of one test, repeated.
 *
 * @param subject what was measured
 * @param threads threads it computed with
 * @param promptTokens tokens processed together; 0 in a test of generation
 * @param generatedTokens tokens processed one after another; 0 in a test of prompt processing
 * @param nanos time of each repetition
 */
record BenchResult(
    Subject subject, int threads, int promptTokens, int generatedTokens, long[] nanos) {

  /**
   * The model and the kernel build.
   *
   * @param file name of the file
   * @param type architecture, size and storage type of the weights
   * @param bytes size of all tensors
   * @param parameters number of elements of all tensors
   * @param kernel name of the kernel build
   */
  record Subject(String file, String type, long bytes, long parameters, String kernel) {
    static Subject of(Model model) {
      var file = model.file();
      long bytes = file.tensors().stream().mapToLong(t -> t.byteSize()).sum();
      long parameters = file.tensors().stream().mapToLong(t -> t.elementCount()).sum();
      String type =
          "%s %s %s"
              .formatted(
                  model.hyperparameters().architecture().key(),
                  Text.count(parameters).replace(" ", ""),
                  model.tensors().tensor(TensorSlot.ATTN_Q, 0).orElseThrow().typeName());
      return new Subject(file.name(), type, bytes, parameters, model.kernel().name());
    }
  }

  /** The test's name: {@code pp512} or {@code tg128}. */
  String test() {
    return promptTokens > 0 ? "pp" + promptTokens : "tg" + generatedTokens;
  }

  /** Tokens a second, for each repetition. */
  double[] tokensPerSecond() {
    int tokens = promptTokens + generatedTokens;
    return LongStream.of(nanos).mapToDouble(t -> tokens * 1e9 / t).toArray();
  }

  /** Mean of the repetitions. */
  static double mean(double... values) {
    return Arrays.stream(values).average().orElse(0);
  }

  /** Standard deviation of a sample; 0 for fewer than two values. */
  static double deviation(double... values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
  }

  /** All fields under llama-bench's names where it has them, in its order. */
  Map<String, Object> fields() {
    double[] times = LongStream.of(nanos).asDoubleStream().toArray();
    var fields = new LinkedHashMap<String, Object>();
    fields.put("backends", subject.kernel());
    fields.put("model_filename", subject.file());
    fields.put("model_type", subject.type());
    fields.put("model_size", subject.bytes());
    fields.put("model_n_params", subject.parameters());
    fields.put("n_threads", threads);
    fields.put("n_prompt", promptTokens);
    fields.put("n_gen", generatedTokens);
    fields.put("avg_ns", Math.round(mean(times)));
    fields.put("stddev_ns", Math.round(deviation(times)));
    fields.put("avg_ts", rounded(mean(tokensPerSecond())));
    fields.put("stddev_ts", rounded(deviation(tokensPerSecond())));
    return fields;
  }

  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.6f", value));
  }
}
