package io.github.bitnet4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where the lines of a chat come from. A backslash at the end of a line joins the next one to it.
 */
interface ChatLines {
  /** The next message or command, which may hold line breaks; empty when there is none left. */
  Optional<String> next() throws IOException;

  /** Whether a line goes on in the next one. */
  static boolean isContinued(String line) {
    return line.endsWith("\\");
  }

  /** Lines as they come from a file or a pipe. */
  static ChatLines piped(Console console) {
    var reader = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
    return () -> {
      String line = reader.readLine();
      if (line == null) {
        return Optional.empty();
      }
      var message = new StringBuilder();
      while (line != null && isContinued(line)) {
        message.append(line, 0, line.length() - 1).append('\n');
        line = reader.readLine();
      }
      return Optional.of(message.append(line == null ? "" : line).toString());
    };
  }
}
