package io.github.bitnet4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How the results of {@code bench} are written; the forms are llama-bench's. */
enum BenchFormat {
  /** A table for people. */
  MD {
    @Override
    String header() {
      return row("model", "size", "params", "backend", "threads", "test", "t/s")
          + "| ------------------------------ | ---------: | ---------: | ---------- | ------: |"
          + " ------------: | -------------------: |\n";
    }

    @Override
    String row(BenchResult result, boolean first) {
      double[] rates = result.tokensPerSecond();
      return row(
          result.subject().type(),
          Text.bytes(result.subject().bytes()),
          Text.count(result.subject().parameters()),
          result.subject().kernel(),
          Integer.toString(result.threads()),
          result.test(),
          Text.format("%.2f ± %.2f", BenchResult.mean(rates), BenchResult.deviation(rates)));
    }

    private static String row(Object... cells) {
      return Text.format("| %-30s | %10s | %10s | %-10s | %7s | %13s | %20s |\n", cells);
    }
  },

  /** Comma-separated values, every one in quotes. */
  CSV {
    @Override
    String row(BenchResult result, boolean first) {
      var fields = result.fields();
      return (first ? String.join(",", fields.keySet()) + "\n" : "")
          + fields.values().stream()
              .map(value -> '"' + value.toString().replace("\"", "\"\"") + '"')
              .collect(Collectors.joining(","))
          + "\n";
    }
  },

  /** One array of objects. */
  JSON {
    @Override
    String header() {
      return "[\n";
    }

    @Override
    String row(BenchResult result, boolean first) {
      return (first ? "" : ",\n") + Json.indented(withSamples(result)).stripTrailing();
    }

    @Override
    String footer() {
      return "\n]\n";
    }
  },

  /** One object a line. */
  JSONL {
    @Override
    String row(BenchResult result, boolean first) {
      return Json.line(withSamples(result));
    }
  },

  /** Statements for SQLite that make a table and fill it. */
  SQL {
    @Override
    String row(BenchResult result, boolean first) {
      var fields = result.fields();
      return (first ? createTable(fields) : "")
          + "INSERT INTO llama_bench (%s) VALUES (%s);\n"
              .formatted(
                  String.join(", ", fields.keySet()),
                  fields.values().stream()
                      .map(value -> "'" + value.toString().replace("'", "''") + "'")
                      .collect(Collectors.joining(", ")));
    }

    private static String createTable(Map<String, Object> fields) {
      return fields.entrySet().stream()
          .map(field -> "  " + field.getKey() + " " + sqlType(field.getValue()))
          .collect(
              Collectors.joining(",\n", "CREATE TABLE IF NOT EXISTS llama_bench (\n", "\n);\n\n"));
    }

    private static String sqlType(Object value) {
      return switch (value) {
        case Double _ -> "REAL";
        case Number _ -> "INTEGER";
        default -> "TEXT";
      };
    }
  };

  /** What comes before the results. */
  String header() {
    return "";
  }

  /** One result. */
  abstract String row(BenchResult result, boolean first);

  /** What comes after the results. */
  String footer() {
    return "";
  }

  private static Map<String, Object> withSamples(BenchResult result) {
    var fields = new LinkedHashMap<>(result.fields());
    List<Double> rates = new ArrayList<>();
    for (double rate : result.tokensPerSecond()) {
      rates.add(rate);
    }
    fields.put("samples_ns", result.nanos());
    fields.put("samples_ts", rates);
    return fields;
  }
}
