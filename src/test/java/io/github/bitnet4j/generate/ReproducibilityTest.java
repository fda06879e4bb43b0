package io.github.bitnet4j.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.LoadOptions;
import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.sampling.DryOptions;
import io.github.bitnet4j.sampling.DynamicTemperatureOptions;
import io.github.bitnet4j.sampling.MirostatOptions;
import io.github.bitnet4j.sampling.SamplingOptions;
import io.github.bitnet4j.sampling.XtcOptions;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A seed gives the same text")
class ReproducibilityTest {
  private static final SamplingOptions USUAL = SamplingOptions.DEFAULT.withSeed(20);

  /** All samplers, mild enough that the text has words, and many tokens to choose from. */
  private static final SamplingOptions EVERYTHING =
      USUAL
          .withRepeatPenalty(1.05f)
          .withFrequencyPenalty(0.1f)
          .withPresencePenalty(0.1f)
          .withDry(DryOptions.OFF.withMultiplier(0.8f))
          .withTopNSigma(4)
          .withTypicalP(0.98f)
          .withXtc(new XtcOptions(0.2f, 0.2f))
          .withDynamicTemperature(new DynamicTemperatureOptions(0.5f, 1))
          .withTemperature(1.5f);

  private static final List<SamplingOptions> ALL =
      List.of(
          USUAL,
          EVERYTHING,
          EVERYTHING.withTopK(0).withTopP(1).withMinP(0),
          USUAL.withMirostat(new MirostatOptions(1, 3, 0.1f)),
          USUAL.withMirostat(new MirostatOptions(2, 3, 0.1f)));

  @Test
  void onEveryKernelBuildAndAnyNumberOfThreads() {
    List<String> expected = texts(LoadOptions.DEFAULT);
    assertEquals(ALL.size(), expected.stream().distinct().count(), "texts that differ");
    for (KernelBuild kernel : KernelBuild.allRunnable()) {
      for (int threads = 1; threads <= 3; threads++) {
        var options = LoadOptions.DEFAULT.withKernel(kernel.name()).withThreads(threads);
        assertEquals(expected, texts(options), kernel.name() + " with " + threads + " threads");
      }
    }
  }

  @Test
  void underAnyLoad() throws Exception {
    try (var model = BitNetModel.demo();
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      String alone = text(model, EVERYTHING);
      List<Callable<String>> calls =
          IntStream.range(0, 8)
              .<Callable<String>>mapToObj(i -> () -> text(model, EVERYTHING))
              .toList();
      var together = new TreeSet<String>();
      for (var text : callers.invokeAll(calls)) {
        together.add(text.get());
      }
      assertEquals(List.of(alone), List.copyOf(together));
    }
  }

  @Test
  void andAnotherSeedAnother() {
    try (var model = BitNetModel.demo()) {
      assertNotEquals(text(model, EVERYTHING), text(model, EVERYTHING.withSeed(21)));
    }
  }

  private static List<String> texts(LoadOptions options) {
    try (var model = BitNetModel.demo(options)) {
      return ALL.stream().map(sampling -> text(model, sampling)).toList();
    }
  }

  private static String text(BitNetModel model, SamplingOptions sampling) {
    try (TextSession session = model.newSession()) {
      var options = GenerateOptions.sampling(sampling).withIgnoreEnd(true).withMaxTokens(60);
      return session.generate("Once upon a time", options).text();
    }
  }
}
