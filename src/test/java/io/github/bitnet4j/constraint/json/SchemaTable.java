package io.github.bitnet4j.constraint.json;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A schema of the table {@code schemas.txt}.
 *
 * @param yes documents that obey it, in the form of grammars
 * @param no documents that do not
 * @param other documents that obey it in another form than that of grammars
 */
record SchemaTable(String schema, List<String> yes, List<String> no, List<String> other) {
  static List<SchemaTable> read() {
    var table = new ArrayList<SchemaTable>();
    for (String line : lines()) {
      if (line.isBlank() || line.startsWith("//")) {
        continue;
      }
      String text = line.substring(line.indexOf(' ') + 1);
      switch (line.substring(0, line.indexOf(' '))) {
        case "schema" ->
            table.add(
                new SchemaTable(text, new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
        case "yes" -> table.getLast().yes.add(text);
        case "no" -> table.getLast().no.add(text);
        case "other" -> table.getLast().other.add(text);
        default -> throw new IllegalArgumentException(line);
      }
    }
    return table;
  }

  private static List<String> lines() {
    try (var in = SchemaTable.class.getResourceAsStream("schemas.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return schema;
  }
}
