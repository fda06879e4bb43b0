package io.github.bitnet4j.cli;

import io.github.bitnet4j.bench.BenchResult;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the results of {@code bench} are written; the forms are llama-bench's. */
enum BenchFormat {
  /** A table for people, and the machine's limits below it. */
  MD {
    @Override
    String header(BenchColumns columns) {
      return columns.header();
    }

    @Override
    String row(BenchColumns columns, BenchResult result, boolean first) {
      return columns.row(result);
    }

    @Override
    String footer(List<BenchResult> results) {
      var lines = new LinkedHashSet<String>();
      for (BenchResult result : results) {
        if (result.limits().isPresent()) {
          lines.add(limits(result, results));
        }
      }
      return lines.isEmpty()
          ? ""
          : "\nlimits measured in the same run:\n" + String.join("\n", lines) + "\n";
    }

    /** The highest limits seen with a result's kernel build and threads. */
    private static String limits(BenchResult result, List<BenchResult> results) {
      double read = 0;
      double peak = 0;
      for (BenchResult other : results) {
        if (other.subject().kernel().equals(result.subject().kernel())
            && other.threads() == result.threads()) {
          read = Math.max(read, other.limits().orElseThrow().readBytesPerSecond());
          peak = Math.max(peak, other.limits().orElseThrow().multiplyAddsPerSecond());
        }
      }
      return Text.format(
          "%s, %s: read %.1f GB/s%s",
          result.subject().kernel(),
          Text.plural(result.threads(), "thread"),
          read * 1e-9,
          peak > 0 ? Text.format(", int8 %.0f G multiply-adds/s", peak * 1e-9) : "");
    }
  },

  /** Comma-separated values, every one in quotes. */
  CSV {
    @Override
    String row(BenchColumns columns, BenchResult result, boolean first) {
      Map<String, Object> fields = BenchFields.of(result);
      return (first ? String.join(",", fields.keySet()) + "\n" : "")
          + fields.values().stream()
              .map(value -> '"' + text(value).orElse("").replace("\"", "\"\"") + '"')
              .collect(Collectors.joining(","))
          + "\n";
    }
  },

  /** One array of objects. */
  JSON {
    @Override
    String header(BenchColumns columns) {
      return "[\n";
    }

    @Override
    String row(BenchColumns columns, BenchResult result, boolean first) {
      return (first ? "" : ",\n") + Json.indented(BenchFields.withSamples(result)).stripTrailing();
    }

    @Override
    String footer(List<BenchResult> results) {
      return "\n]\n";
    }
  },

  /** One object a line. */
  JSONL {
    @Override
    String row(BenchColumns columns, BenchResult result, boolean first) {
      return Json.line(BenchFields.withSamples(result));
    }
  },

  /** Statements for SQLite that make a table and fill it. */
  SQL {
    @Override
    String row(BenchColumns columns, BenchResult result, boolean first) {
      Map<String, Object> fields = BenchFields.of(result);
      return (first ? createTable(fields) : "")
          + "INSERT INTO llama_bench (%s) VALUES (%s);\n"
              .formatted(
                  String.join(", ", fields.keySet()),
                  fields.values().stream()
                      .map(value -> text(value).map(BenchFormat::quoted).orElse("NULL"))
                      .collect(Collectors.joining(", ")));
    }

    private static String createTable(Map<String, Object> fields) {
      return fields.entrySet().stream()
          .map(field -> "  " + field.getKey() + " " + sqlType(field.getKey(), field.getValue()))
          .collect(
              Collectors.joining(",\n", "CREATE TABLE IF NOT EXISTS llama_bench (\n", "\n);\n\n"));
    }

    private static String sqlType(String name, Object value) {
      if (BenchFields.textFields().contains(name)) {
        return "TEXT";
      }
      return value instanceof Integer || value instanceof Long ? "INTEGER" : "REAL";
    }
  };

  /** What comes before the results. */
  String header(BenchColumns columns) {
    return "";
  }

  /** One result. */
  abstract String row(BenchColumns columns, BenchResult result, boolean first);

  /** What comes after the results. */
  String footer(List<BenchResult> results) {
    return "";
  }

  /** A field's value as text; empty where it was not measured. */
  private static Optional<String> text(Object value) {
    return value instanceof Optional<?> optional
        ? optional.map(Object::toString)
        : Optional.of(value.toString());
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
