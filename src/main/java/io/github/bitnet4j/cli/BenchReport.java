package io.github.bitnet4j.cli;

import io.github.bitnet4j.bench.BenchResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Results written one after another in one form. */
final class BenchReport {
  private final BenchFormat format;
  private final BenchColumns columns;
  private final Consumer<String> out;
  private final List<BenchResult> results = new ArrayList<>();

  BenchReport(BenchFormat format, BenchColumns columns, Consumer<String> out) {
    this.format = format;
    this.columns = columns;
    this.out = out;
  }

  void add(BenchResult result) {
    boolean first = results.isEmpty();
    if (first) {
      out.accept(format.header(columns));
    }
    results.add(result);
    out.accept(format.row(columns, result, first));
  }

  void end() {
    out.accept(format.footer(results));
  }
}
