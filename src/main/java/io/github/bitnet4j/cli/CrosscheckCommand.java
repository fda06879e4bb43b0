package io.github.bitnet4j.cli;

import io.github.bitnet4j.ffi.ForwardOp;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.reference.CrossCheck;
import io.github.bitnet4j.reference.CrossCheckReport;
import io.github.bitnet4j.reference.CrossCheckReport.OpReport;
import io.github.bitnet4j.session.SessionOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Holds kernel builds to the reference. */
@CommandLine.Command(
    name = "crosscheck",
    header = "Compare the native engine with the Java reference, step by step.",
    description = {
      "Every step of the forward pass is computed by the reference from the native results before"
          + " it and compared bit by bit. The table has a row for each step and a column for each"
          + " kernel build with each number of threads. The reference is slow: a model of 2 billion"
          + " parameters takes it seconds for each token."
    },
    exitCodeList = {
      "  0:all results are identical to the last bit",
      "  1:some differ, the first being named, or the check failed; the cause is on standard error",
      "  2:wrong usage",
      "130:interrupted by Ctrl-C",
      "141:standard output was closed by its reader"
    })
final class CrosscheckCommand extends Command {
  private static final int DEFAULT_TOKENS = 4;

  @Mixin private FileArguments file;

  @Option(
      names = "--kernel",
      paramLabel = "NAMES",
      split = ",",
      defaultValue = "all",
      description =
          "Kernel builds to check, between commas: names, paths of libraries or bitnetcpp:PATH; all"
              + " for every one that this machine can run."
              + " Default: ${DEFAULT-VALUE}.")
  private List<String> kernels;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "THREADS",
      split = ",",
      defaultValue = "1,2",
      description =
          "Numbers of threads to check with, between commas, 1 to 1024; 0 for as many as the"
              + " process may use. Default: ${DEFAULT-VALUE}.")
  private int[] threads;

  @Option(
      names = "--tokens",
      paramLabel = "IDS",
      description =
          "Token ids separated by commas. Default: "
              + DEFAULT_TOKENS
              + " from all over the vocabulary.")
  private Optional<String> tokens = Optional.empty();

  @Mixin private WeightArguments weights;
  @Mixin private KvTypeArgument kvType;

  CrosscheckCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    Optional<int[]> ids = tokens.map(text -> TokenIds.parse(this, List.of(text)));
    var choices = EngineArguments.choices(this, weights, kernels, threads);
    var reports = new ArrayList<CrossCheckReport>();
    for (int i = 0; i < choices.size(); i++) {
      reports.add(check(choices.get(i), ids, "check %d of %d".formatted(i + 1, choices.size())));
    }
    return conclude(reports);
  }

  /** Writes what was found and returns the exit code. */
  int conclude(List<CrossCheckReport> reports) {
    write(reports);
    boolean identical = true;
    for (var report : reports) {
      if (!report.identical()) {
        identical = false;
        console.message(
            "%s: first difference: %s"
                .formatted(title(report), report.firstDifference().orElseThrow()));
      }
    }
    if (identical) {
      console.out().print("\nidentical\n");
    }
    return identical ? DONE : FAILED;
  }

  private CrossCheckReport check(ModelOptions options, Optional<int[]> ids, String name)
      throws IOException {
    var progress = new Progress(console);
    progress.show("%s: loading", name);
    try (Model model = file.loadWeights(options)) {
      int[] sequence = ids.orElseGet(() -> someTokens(model.hyperparameters().vocab()));
      return CrossCheck.run(
          model,
          sequence,
          SessionOptions.DEFAULT.withContextLength(sequence.length).withKvType(kvType.kvType),
          (token, count, layer, layers) ->
              progress.show(
                  "%s: token %d of %d, layer %d of %d", name, token + 1, count, layer + 1, layers));
    } finally {
      progress.clear();
    }
  }

  /** The same tokens for every check. */
  private static int[] someTokens(int vocabulary) {
    return new SplittableRandom(1).ints(DEFAULT_TOKENS, 0, vocabulary).toArray();
  }

  private void write(List<CrossCheckReport> reports) {
    var header = new StringBuilder(Text.format("%-16s %12s", "step", "values"));
    reports.forEach(report -> header.append(Text.format("  %16s", title(report))));
    console.out().println(header);
    for (int i = 0; i < ForwardOp.values().length; i++) {
      var row = new StringBuilder();
      for (var report : reports) {
        OpReport op = report.ops().get(i);
        if (row.isEmpty()) {
          row.append(Text.format("%-16s %12d", op.op().label(), op.compared()));
        }
        row.append(
            Text.format("  %16s", op.differing() == 0 ? "identical" : op.differing() + " differ"));
      }
      console.out().println(row);
    }
  }

  private static String title(CrossCheckReport report) {
    return report.kernel() + " -t " + report.threads();
  }
}
