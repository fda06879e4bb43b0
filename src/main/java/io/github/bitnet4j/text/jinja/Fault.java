package io.github.bitnet4j.text.jinja;

/** What went wrong in an operation on values; the interpreter adds where. */
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Fault(String format, Object... arguments) {
    super(format.formatted(arguments), null, false, false);
  }
}
