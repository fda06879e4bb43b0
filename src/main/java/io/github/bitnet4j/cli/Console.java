package io.github.bitnet4j.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * What a command reads from and writes to.
 *
 * @param in standard input
 * @param out results
 * @param err messages, statistics and progress; written line by line
 * @param isTerminal whether file descriptor 0, 1 or 2 is a terminal
 */
record Console(InputStream in, Output out, PrintWriter err, IntPredicate isTerminal) {
  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;

  /** The process's own streams. */
  static Console system() {
    return of(
        System.in,
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        Console::isTerminalDescriptor);
  }

  /** Streams of any kind; text on them is UTF-8 whatever the locale. */
  static Console of(InputStream in, OutputStream out, OutputStream err, IntPredicate isTerminal) {
    var errors = new OutputStreamWriter(err, StandardCharsets.UTF_8);
    return new Console(in, new Output(out), new PrintWriter(errors, true), isTerminal);
  }

  /** Whether a person types the input. */
  boolean typesInput() {
    return isTerminal.test(STDIN);
  }

  /** Whether a person types the input and reads the output. */
  boolean isInteractive() {
    return isTerminal.test(STDIN) && isTerminal.test(STDOUT);
  }

  /** Whether progress shown on standard error meets an eye. */
  boolean showsProgress() {
    return isTerminal.test(STDERR);
  }

  /** A line for standard error, after the program's name. */
  void message(String text) {
    out.flush();
    err.println("bitnet: " + text);
  }

  /** A formatted line for standard error, numbers as in {@link Locale#ROOT}. */
  void note(String format, Object... arguments) {
    out.flush();
    err.println(String.format(Locale.ROOT, format, arguments));
  }

  /**
   * All of standard input.
   *
   * @throws IOException if it cannot be read or is not UTF-8
   */
  String readInput() throws IOException {
    return InputFile.text(in.readAllBytes(), "standard input");
  }

  /** Asks the C library; anything unexpected means no terminal. */
  private static boolean isTerminalDescriptor(int descriptor) {
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    var linker = Linker.nativeLinker();
    try {
      var function = linker.defaultLookup().find(windows ? "_isatty" : "isatty").orElseThrow();
      var isatty =
          linker.downcallHandle(
              function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      return (int) isatty.invokeExact(descriptor) != 0;
    } catch (Throwable e) {
      return false;
    }
  }
}
