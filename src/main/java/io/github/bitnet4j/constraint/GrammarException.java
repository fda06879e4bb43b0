package io.github.bitnet4j.constraint;

/** A grammar or a regular expression that cannot be read; the message says where and why. */
public final class GrammarException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final int line;
  private final int column;

  GrammarException(int line, int column, String problem) {
    super("line %d, column %d: %s".formatted(line, column, problem));
    this.line = line;
    this.column = column;
  }

  /** The line of the problem, from 1. */
  public int line() {
    return line;
  }

  /** The column of the problem in its line, from 1, counting code points. */
  public int column() {
    return column;
  }
}
