package io.github.bitnet4j.cli;

import io.github.bitnet4j.bench.Bench;
import io.github.bitnet4j.bench.BenchResult;
import io.github.bitnet4j.bench.BenchTest;
import io.github.bitnet4j.bench.Statistics;
import io.github.bitnet4j.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The columns of the table: llama-bench's, and further ones where they have something to say. */
record BenchColumns(List<Column> columns) {

  /**
   * A column of text.
   *
   * @param width characters; negative to align to the left
   */
  record Column(String title, int width, Function<BenchResult, String> text) {}

  static BenchColumns of(List<BenchTest> tests, Bench.Settings settings, boolean showsHead) {
    var columns = new ArrayList<Column>();
    columns.add(new Column("model", -30, BenchColumns::model));
    columns.add(new Column("size", 10, r -> Text.bytes(r.subject().bytes())));
    columns.add(new Column("params", 10, r -> Text.count(r.subject().parameters())));
    columns.add(new Column("backend", -10, r -> r.subject().kernel()));
    columns.add(new Column("threads", 7, r -> Integer.toString(r.threads())));
    if (tests.stream().anyMatch(t -> t.batchTokens() != SessionOptions.DEFAULT.batchTokens())) {
      columns.add(new Column("n_batch", 7, r -> Integer.toString(r.test().batchTokens())));
    }
    if (tests.stream().anyMatch(t -> t.kvType() != SessionOptions.DEFAULT.kvType())) {
      columns.add(new Column("type_kv", 7, r -> EnumNames.of(r.test().kvType())));
    }
    if (showsHead) {
      columns.add(new Column("head", -13, BenchColumns::head));
    }
    columns.add(new Column("test", 13, r -> r.test().name()));
    columns.add(new Column("t/s", 20, BenchColumns::rate));
    if (settings.limitBytes().isPresent()) {
      columns.add(new Column("MB/token", 8, r -> Text.format("%.1f", r.bytesPerToken() * 1e-6)));
      columns.add(new Column("read", 6, r -> percent(r.readShare())));
      columns.add(new Column("int8", 6, r -> percent(r.multiplyAddShare())));
    }
    if (settings.energy().isPresent()) {
      columns.add(new Column("J/token", 8, r -> number("%.4f", r.joulesPerToken())));
    }
    return new BenchColumns(columns);
  }

  /** The titles and the line below them. */
  String header() {
    var rule = new StringBuilder("|");
    for (Column column : columns) {
      int width = Math.abs(column.width);
      rule.append(column.width < 0 ? " " + "-".repeat(width) : " " + "-".repeat(width - 1) + ":");
      rule.append(" |");
    }
    return line(Column::title) + rule + "\n";
  }

  /** One result. */
  String row(BenchResult result) {
    return line(column -> column.text.apply(result));
  }

  /** Architecture, size and storage type of the weights. */
  static String model(BenchResult result) {
    var subject = result.subject();
    return "%s %s %s"
        .formatted(
            subject.architecture(),
            Text.count(subject.parameters()).replace(" ", ""),
            subject.weights());
  }

  /** The type of a head that was requantised, and whether it is screened. */
  private static String head(BenchResult result) {
    var subject = result.subject();
    String screened = subject.screenedHead() ? "screened" : "full";
    return subject.headRequantized() ? EnumNames.of(subject.headType()) + " " + screened : screened;
  }

  private String line(Function<Column, String> cell) {
    var line = new StringBuilder("|");
    for (Column column : columns) {
      line.append(Text.format(" %" + column.width + "s |", cell.apply(column)));
    }
    return line.append('\n').toString();
  }

  private static String rate(BenchResult result) {
    double[] rates = result.tokensPerSecond();
    return Text.format("%.2f ± %.2f", Statistics.mean(rates), Statistics.deviation(rates));
  }

  private static String percent(OptionalDouble share) {
    return share.isPresent() ? Text.format("%.1f %%", share.getAsDouble() * 100) : "n/a";
  }

  private static String number(String format, OptionalDouble value) {
    return value.isPresent() ? Text.format(format, value.getAsDouble()) : "n/a";
  }
}
