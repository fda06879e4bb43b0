package io.github.bitnet4j.cli;

import io.github.bitnet4j.bench.Bench;
import io.github.bitnet4j.bench.BenchResult;
import io.github.bitnet4j.bench.BenchTest;
import io.github.bitnet4j.bench.EnergyMeter;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures speed. */
@CommandLine.Command(
    name = "bench",
    header = "Measure how fast a model processes prompts and generates tokens.",
    description = {
      "Tests and output are those of llama-bench: ppN processes a prompt of N random tokens, tgN"
          + " generates N tokens one by one, ppN+tgM does both, '@ dK' has K tokens in the context"
          + " before. 'tgN x8' generates 8 sequences side by side and counts the tokens of all."
          + " Tokenizing and sampling are left out. Shown are mean and standard deviation in tokens"
          + " per second.",
      "Around every test the limits of the machine are measured with the same threads: the bytes it"
          + " reads from memory per second, and the 8-bit integers it multiplies and adds with the"
          + " instructions of the kernel build. 'read' and 'int8' are the shares of them that the"
          + " test reached; 'MB/token' is what a token must read: weights, head, keys and values.",
      "Numbers are lists between commas or ranges: 1-4, 128-512+128 (in steps), 1-64*2 (doubling)."
          + " Every combination is a test."
    })
final class BenchCommand extends Command {
  private static final int MAX_THREADS = 1024;
  private static final int MAX_REPETITIONS = 100_000;
  private static final int MAX_DELAY_SECONDS = 3600;

  @Mixin private FileArguments file;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "THREADS",
      defaultValue = "0",
      description =
          "Numbers of threads to compute with, 1 to 1024; 0 for as many as the process may use."
              + " Default: ${DEFAULT-VALUE}.")
  private List<String> threads;

  @Option(
      names = {"--kernel", "--kernels"},
      paramLabel = "NAMES",
      split = ",",
      description =
          "Kernel builds to compare, between commas; all for every one that this machine can run."
              + " Their repetitions take turns. Default: the fastest of them.")
  private List<String> kernels = List.of();

  @Mixin private WeightArguments weights;

  @Option(
      names = "--screened-head",
      description =
          "Measure with a screened head too, which finds the 40 highest logits by an 8-bit copy of"
              + " the head; the repetitions take turns.")
  private boolean screenedHead;

  @Mixin private BenchTests tests;

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "TIMES",
      defaultValue = "5",
      description = "Measured runs of each test, 1 or more. Default: ${DEFAULT-VALUE}.")
  private String repetitions;

  @Option(names = "--no-warmup", description = "Do not run each test once unmeasured before.")
  private boolean noWarmUp;

  @Option(
      names = "--delay",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "Pause before every test, up to "
              + MAX_DELAY_SECONDS
              + ", for the processor to cool down. Default: ${DEFAULT-VALUE}.")
  private String delaySeconds;

  @Option(
      names = "--limits",
      paramLabel = "MIB",
      defaultValue = "512",
      description =
          "Size of the memory to measure the read bandwidth with, in MiB: many times as large as"
              + " the caches; 0 not to measure the machine's limits. Default: ${DEFAULT-VALUE}.")
  private String limitMebibytes;

  @Option(
      names = "--energy",
      description =
          "Measure the energy of processor and memory, in joules per token. It is the whole"
              + " machine's, and Linux lets only root read it unless told otherwise.")
  private boolean energy;

  @Option(names = "--powercap", hidden = true, paramLabel = "FOLDER")
  private Path powercap = EnergyMeter.POWERCAP;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "md",
      converter = EnumNames.BenchFormats.class,
      completionCandidates = EnumNames.BenchFormats.class,
      description = "Form of the results: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private BenchFormat format;

  @Option(
      names = {"-oe", "--output-err"},
      paramLabel = "FORMAT",
      converter = EnumNames.BenchFormats.class,
      completionCandidates = EnumNames.BenchFormats.class,
      description = "Write the results to standard error as well, in this form.")
  private Optional<BenchFormat> errorFormat = Optional.empty();

  @Option(
      names = "--progress",
      description =
          "Tell on standard error what is being measured, a line each time; on a terminal a line"
              + " shows it anyway.")
  private boolean progressLines;

  BenchCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    List<BenchTest> all = tests.toTests(this);
    int delay = number("--delay", delaySeconds, 0, MAX_DELAY_SECONDS);
    int mebibytes = number("--limits", limitMebibytes, 0, 1 << 20);
    var settings =
        new Bench.Settings(
            number("--repetitions", repetitions, 1, MAX_REPETITIONS),
            !noWarmUp,
            mebibytes > 0 ? OptionalLong.of((long) mebibytes << 20) : OptionalLong.empty(),
            energyMeter());
    List<List<ModelOptions>> choices = new ArrayList<>();
    for (int count : BenchNumbers.parse(this, "--threads", threads, 0, MAX_THREADS)) {
      choices.add(withHeads(EngineArguments.choices(this, weights, kernels, count)));
    }
    var columns = BenchColumns.of(all, settings, screenedHead || weights.requantizesHead());
    var reports = new ArrayList<BenchReport>();
    reports.add(new BenchReport(format, columns, console.out()::print));
    errorFormat.ifPresent(f -> reports.add(new BenchReport(f, columns, console.err()::print)));
    for (List<ModelOptions> options : choices) {
      measure(all, options, settings, delay, reports);
    }
    reports.forEach(BenchReport::end);
    console.err().flush();
    return DONE;
  }

  private List<ModelOptions> withHeads(List<ModelOptions> options) {
    return screenedHead
        ? options.stream().flatMap(o -> Stream.of(o, o.withScreenedHead(true))).toList()
        : options;
  }

  /** All tests with one number of threads. */
  private void measure(
      List<BenchTest> all,
      List<ModelOptions> options,
      Bench.Settings settings,
      int delay,
      List<BenchReport> reports)
      throws IOException {
    var progress = new Progress(console);
    var models = new ArrayList<Model>();
    try {
      for (ModelOptions choice : options) {
        show(progress, "loading");
        models.add(load(choice, models));
      }
      var bench = new Bench(models, settings, text -> show(progress, text));
      for (BenchTest test : all) {
        if (delay > 0) {
          show(progress, test.name() + ": pausing");
          pause(delay);
        }
        List<BenchResult> results = bench.run(test);
        progress.clear();
        results.forEach(result -> reports.forEach(report -> report.add(result)));
        console.out().flush();
        console.err().flush();
      }
    } finally {
      progress.clear();
      models.reversed().forEach(Model::close);
    }
  }

  /** All models of one number of threads share the first one's threads. */
  private Model load(ModelOptions options, List<Model> loaded) throws IOException {
    if (loaded.isEmpty()) {
      return file.loadWeights(options);
    }
    try (Model.Lease first = loaded.getFirst().lease()) {
      return file.loadWeights(options.withPool(first.pool()));
    }
  }

  private Optional<EnergyMeter> energyMeter() {
    if (!energy) {
      return Optional.empty();
    }
    try {
      return Optional.of(EnergyMeter.open(powercap));
    } catch (IOException e) {
      console.message("energy is not measured: " + Failures.describe(e));
      return Optional.empty();
    }
  }

  private int number(String option, String text, int min, int max) {
    try {
      int value = Integer.parseInt(text.strip());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The message is the same.
    }
    throw usage("%s must be a number from %d to %d, not '%s'", option, min, max, text);
  }

  private void show(Progress progress, String text) {
    if (progressLines) {
      console.note("%s", text);
    } else {
      progress.show("%s", text);
    }
  }

  private static void pause(int seconds) {
    try {
      Thread.sleep(seconds * 1000L);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while pausing", e);
    }
  }
}
