package io.github.bitnet4j.cli;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes maps, lists and scalars as JSON. Apart, because the library takes a while to start. */
final class Json {
  private Json() {}

  /** Indented, with a line break at the end. */
  static String indented(Object tree) {
    var mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    return mapper.writeValueAsString(tree) + "\n";
  }

  /** On one line, with a line break at the end. */
  static String line(Object tree) {
    return new JsonMapper().writeValueAsString(tree) + "\n";
  }
}
