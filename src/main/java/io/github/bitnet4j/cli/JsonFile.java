package io.github.bitnet4j.cli;

import io.github.bitnet4j.constraint.json.NotJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads files in JSON. */
final class JsonFile {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private JsonFile() {}

  /**
   * The value in {@code file}.
   *
   * @throws IllegalArgumentException if it is not JSON; the message says where
   */
  private static JsonNode read(Path file) throws IOException {
    try {
      return MAPPER.readTree(InputFile.text(file));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(NotJson.message(file.toString(), e), e);
    }
  }

  /**
   * What {@code reader} makes of each value of the array in {@code file}, told where it stands.
   *
   * @param item what to call one of them in messages
   * @param form what an array of them looks like, for messages
   * @throws IllegalArgumentException if it is not JSON or no array; the message says where
   */
  static <T> List<T> list(
      Path file, String item, String form, BiFunction<String, JsonNode, T> reader)
      throws IOException {
    var tree = read(file);
    if (!tree.isArray()) {
      throw new IllegalArgumentException("%s: expected %s".formatted(file, form));
    }
    var items = new ArrayList<T>();
    for (var node : tree) {
      items.add(reader.apply("%s: %s %d".formatted(file, item, items.size() + 1), node));
    }
    return items;
  }

  /** The string in the member {@code name}; empty if there is none or it is null. */
  static String string(JsonNode object, String name, String where) {
    var member = object.path(name);
    if (member.isMissingNode() || member.isNull()) {
      return "";
    }
    if (!member.isString()) {
      throw new IllegalArgumentException("%s: \"%s\" is no string".formatted(where, name));
    }
    return member.stringValue();
  }
}
