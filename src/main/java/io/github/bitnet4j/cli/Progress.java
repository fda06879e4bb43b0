package io.github.bitnet4j.cli;

/** A line on standard error that is overwritten; nothing at all where that is no terminal. */
final class Progress {
  private static final String ERASE_LINE = "\r\u001b[K";

  private final Console console;
  private final boolean shown;
  private boolean dirty;

  Progress(Console console) {
    this.console = console;
    shown = console.showsProgress();
  }

  /** Replaces the line. */
  void show(String format, Object... arguments) {
    if (shown) {
      console.err().print(ERASE_LINE + Text.format(format, arguments));
      console.err().flush();
      dirty = true;
    }
  }

  /** Removes the line, for something else to be written. */
  void clear() {
    if (dirty) {
      console.err().print(ERASE_LINE);
      console.err().flush();
      dirty = false;
    }
  }
}
