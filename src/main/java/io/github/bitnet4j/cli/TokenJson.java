package io.github.bitnet4j.cli;

import io.github.bitnet4j.text.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** A token as JSON shows it. */
final class TokenJson {
  private TokenJson() {}

  /** Its id and its text, or its bytes as numbers where they are no text; may be added to. */
  static Map<String, Object> of(int id, Vocabulary vocabulary) {
    byte[] bytes = vocabulary.bytes(id);
    var text = new String(bytes, StandardCharsets.UTF_8);
    var token = new LinkedHashMap<String, Object>();
    token.put("id", id);
    token.put(
        "piece",
        Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes) ? text : unsigned(bytes));
    return token;
  }

  private static int[] unsigned(byte[] bytes) {
    return IntStream.range(0, bytes.length).map(i -> bytes[i] & 0xFF).toArray();
  }
}
