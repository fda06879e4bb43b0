package io.github.bitnet4j.text.jinja;

/** A piece of a template's source; {@code text} is what it stands for. */
record Token(Kind kind, String text, Position at) {
  enum Kind {
    DATA,
    BLOCK_BEGIN,
    BLOCK_END,
    OUTPUT_BEGIN,
    OUTPUT_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(Kind other, String value) {
    return kind == other && text.equals(value);
  }

  /** How errors call it. */
  String describe() {
    return switch (kind) {
      case END -> "the end of the template";
      case BLOCK_END -> "'%}'";
      case OUTPUT_END -> "'}}'";
      case BLOCK_BEGIN -> "'{%'";
      case OUTPUT_BEGIN -> "'{{'";
      default -> "'" + text + "'";
    };
  }
}
