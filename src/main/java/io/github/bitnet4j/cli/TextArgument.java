package io.github.bitnet4j.cli;

import java.io.IOException;
import java.util.Optional;

/** A text given as an argument or on standard input. */
final class TextArgument {
  /** Stands for standard input. */
  private static final String STDIN = "-";

  private TextArgument() {}

  /**
   * The argument, or what standard input holds where the argument is {@code -} or missing. One line
   * break at the end of standard input is dropped, since shells and editors add it.
   *
   * @param name what to call the text in messages
   */
  static String read(Command command, Optional<String> argument, String name) throws IOException {
    if (argument.isPresent() && !argument.get().equals(STDIN)) {
      return argument.get();
    }
    if (argument.isEmpty() && command.console.typesInput()) {
      throw command.usage(
          "there is no %s; give it as an argument, or pipe it to standard input", name);
    }
    return command.console.readInput().replaceFirst("\\r?\\n\\z", "");
  }
}
