package io.github.bitnet4j.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Standard output as UTF-8 text. Unlike {@link java.io.PrintStream} it tells when nobody reads any
 * more, so that a long generation ends with its reader.
 */
final class Output {
  private final Writer writer;

  /** Thrown when the reader of standard output has gone, as {@code head} does. */
  static final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClosedException(IOException cause) {
      super("standard output is closed", cause);
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  Output(OutputStream stream) {
    // Half a surrogate pair becomes what the tokenizers make of it, not a question mark.
    var encoder =
        StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .replaceWith("\uFFFD".getBytes(StandardCharsets.UTF_8));
    writer = new OutputStreamWriter(stream, encoder);
  }

  /** Writes text, which may stay buffered until {@link #flush}. */
  void print(CharSequence text) {
    attempt(() -> writer.append(text));
  }

  /** Writes text and a line break. */
  void println(CharSequence text) {
    print(text);
    print("\n");
  }

  /** Writes formatted text with {@link Locale#ROOT}. */
  void printf(String format, Object... arguments) {
    print(String.format(Locale.ROOT, format, arguments));
  }

  /** Hands everything written so far to the reader. */
  void flush() {
    attempt(writer::flush);
  }

  private static void attempt(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      if (isClosed(e)) {
        throw new ClosedException(e);
      }
      throw new UncheckedIOException("cannot write to standard output", e);
    }
  }

  /** The JVM reports a closed pipe by the operating system's text alone. */
  private static boolean isClosed(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("Broken pipe") || message.contains("pipe is being closed");
  }
}
