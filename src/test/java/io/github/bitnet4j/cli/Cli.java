package io.github.bitnet4j.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The program run as a user runs it, but inside the test's JVM.
 *
 * @param code the exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Cli(int code, String out, String err) {

  /** Runs the program with nothing on standard input. */
  static Cli run(Object... arguments) {
    return runWithInput("", arguments);
  }

  /** Runs the program with a text piped to its standard input. */
  static Cli runWithInput(String input, Object... arguments) {
    return runWithInput(input.getBytes(StandardCharsets.UTF_8), arguments);
  }

  /** Runs the program with bytes piped to its standard input. */
  static Cli runWithInput(byte[] input, Object... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var console = Console.of(new ByteArrayInputStream(input), out, err, descriptor -> false);
    var strings = new String[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      strings[i] = arguments[i].toString();
    }
    int code = Main.run(console, strings);
    return new Cli(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
