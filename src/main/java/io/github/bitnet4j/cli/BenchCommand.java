package io.github.bitnet4j.cli;

import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.session.Session;
import io.github.bitnet4j.session.SessionOptions;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures speed. */
@CommandLine.Command(
    name = "bench",
    header = "Measure how fast a model processes prompts and generates tokens.",
    description = {
      "Tests and output are those of llama-bench: ppN processes a prompt of N random tokens, tgN"
          + " generates N tokens one by one after an empty context. Tokenizing and sampling are"
          + " left out. Each test runs once unmeasured, then --repetitions times; shown are mean"
          + " and standard deviation in tokens per second."
    })
final class BenchCommand extends Command {
  private static final int MAX_TOKENS = 1 << 20;
  private static final long SEED = 1;

  @Mixin private FileArguments file;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "THREADS",
      split = ",",
      defaultValue = "0",
      description =
          "Numbers of threads to compute with, between commas, 1 to 1024; 0 for as many as the"
              + " process may use. Default: ${DEFAULT-VALUE}.")
  private int[] threads;

  @Option(
      names = "--kernel",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Kernel builds to compute with, between commas; all for every one that this machine can"
              + " run. Default: the fastest of them.")
  private List<String> kernels = List.of();

  @Mixin private LayoutArgument layout;

  @Option(
      names = {"-p", "--n-prompt"},
      paramLabel = "TOKENS",
      split = ",",
      defaultValue = "512",
      description =
          "Lengths of prompts to process, between commas; 0 for none. Default: ${DEFAULT-VALUE}.")
  private int[] promptTokens;

  @Option(
      names = {"-n", "--n-gen"},
      paramLabel = "TOKENS",
      split = ",",
      defaultValue = "128",
      description =
          "Numbers of tokens to generate, between commas; 0 for none. Default: ${DEFAULT-VALUE}.")
  private int[] generatedTokens;

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "TIMES",
      defaultValue = "5",
      description = "Measured runs of each test, 1 or more. Default: ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "md",
      converter = EnumNames.BenchFormats.class,
      completionCandidates = EnumNames.BenchFormats.class,
      description = "Form of the results: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private BenchFormat format;

  private boolean first = true;

  BenchCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    checkRanges();
    var choices = EngineArguments.choices(this, layout, kernels, threads);
    for (ModelOptions options : choices) {
      try (Model model = file.loadWeights(options)) {
        for (int tokens : promptTokens) {
          measure(model, tokens, 0);
        }
        for (int tokens : generatedTokens) {
          measure(model, 0, tokens);
        }
      }
    }
    console.out().print(format.footer());
    return DONE;
  }

  private void checkRanges() {
    for (int tokens : concat(promptTokens, generatedTokens)) {
      if (tokens < 0 || tokens > MAX_TOKENS) {
        throw usage("tests take 0 to %d tokens, not %d", MAX_TOKENS, tokens);
      }
    }
    if (Arrays.stream(concat(promptTokens, generatedTokens)).allMatch(tokens -> tokens == 0)) {
      throw usage("-p and -n leave nothing to measure");
    }
    if (repetitions < 1) {
      throw usage("--repetitions must be 1 or more, not %d", repetitions);
    }
  }

  private void measure(Model model, int prompt, int generated) {
    if (prompt + generated == 0) {
      return;
    }
    var progress = new Progress(console);
    var options = SessionOptions.DEFAULT.withContextLength(prompt + generated);
    var nanos = new long[repetitions];
    try (var session = new Session(model, options)) {
      for (int run = -1; run < repetitions; run++) {
        progress.show(run < 0 ? "warming up" : "run %d of %d", run + 1, repetitions);
        session.rewind(0);
        long start = System.nanoTime();
        process(session, prompt, generated);
        if (run >= 0) {
          nanos[run] = System.nanoTime() - start;
        }
      }
    }
    progress.clear();
    var result =
        new BenchResult(BenchResult.Subject.of(model), model.threads(), prompt, generated, nanos);
    if (first) {
      console.out().print(format.header());
    }
    console.out().print(format.row(result, first));
    console.out().flush();
    first = false;
  }

  private static void process(Session session, int prompt, int generated) {
    int vocabulary = session.model().hyperparameters().vocab();
    RandomGenerator random = new SplittableRandom(SEED);
    if (prompt > 0) {
      session.prefill(random.ints(prompt, 0, vocabulary).toArray());
    }
    for (int i = 0; i < generated; i++) {
      session.decode(random.nextInt(vocabulary));
    }
  }

  private static int[] concat(int[] some, int[] others) {
    int[] all = Arrays.copyOf(some, some.length + others.length);
    System.arraycopy(others, 0, all, some.length, others.length);
    return all;
  }
}
