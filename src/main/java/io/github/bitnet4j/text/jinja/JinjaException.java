package io.github.bitnet4j.text.jinja;

/** A template that cannot be read or rendered; the message begins with line and column. */
public final class JinjaException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final int column;

  JinjaException(Position position, String problem) {
    super("line %d, column %d: %s".formatted(position.line(), position.column(), problem));
    line = position.line();
    column = position.column();
  }

  /** The line, from 1. */
  public int line() {
    return line;
  }

  /** The column in UTF-16 units, from 1. */
  public int column() {
    return column;
  }
}
