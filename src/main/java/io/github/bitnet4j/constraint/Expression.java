package io.github.bitnet4j.constraint;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A part of a {@link Grammar}: the texts it describes are sequences of code points, and of {@link
 * Token}s where it names some. Immutable.
 */
public sealed interface Expression {
  /** The one text {@code text}, which may be empty. */
  record Literal(String text) implements Expression {
    /**
     * @throws IllegalArgumentException if the text has an unpaired surrogate, which no UTF-8 has
     */
    public Literal {
      if (text.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF)) {
        throw new IllegalArgumentException("the text to match has an unpaired surrogate");
      }
    }
  }

  /** One code point out of a set. An empty set matches nothing. */
  record OneOf(CodePointSet codePoints) implements Expression {
    public OneOf {
      Objects.requireNonNull(codePoints, "codePoints");
    }
  }

  /**
   * One token of the vocabulary as itself, whatever its text: for control tokens, which are never
   * part of a text otherwise. Which token it is, or whether there is any, shows when the grammar is
   * compiled.
   *
   * @param text the token as the vocabulary writes it; empty if it goes by its id
   * @param id the token; empty if it goes by its text
   * @param negated whether every token that may be part of a text is meant, and every other one
   *     that the grammar names, but not this one
   */
  record Token(Optional<String> text, OptionalInt id, boolean negated) implements Expression {
    /**
     * @throws IllegalArgumentException if there are both text and id, or neither
     */
    public Token {
      if (text.isPresent() == id.isPresent()) {
        throw new IllegalArgumentException("a token goes by its text or by its id");
      }
    }

    /** The token that the vocabulary writes {@code text}, such as {@code <|python_tag|>}. */
    public static Token named(String text) {
      return new Token(Optional.of(text), OptionalInt.empty(), false);
    }

    /** The token with this id. */
    public static Token numbered(int id) {
      return new Token(Optional.empty(), OptionalInt.of(id), false);
    }

    /** Any token but this one. */
    public Token not() {
      return new Token(text, id, !negated);
    }
  }

  /** One part after another; without parts, the empty text. */
  record Sequence(List<Expression> parts) implements Expression {
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  /** Any one of the alternatives; without alternatives, nothing at all. */
  record Choice(List<Expression> alternatives) implements Expression {
    public Choice {
      alternatives = List.copyOf(alternatives);
    }
  }

  /**
   * {@code part}, at least {@code min} and at most {@code max} times.
   *
   * @param max {@link #UNBOUNDED} for any number
   */
  record Repeat(Expression part, int min, int max) implements Expression {
    public static final int UNBOUNDED = -1;

    /**
     * @throws IllegalArgumentException if {@code min} is below 0, or {@code max} below {@code min}
     */
    public Repeat {
      Objects.requireNonNull(part, "part");
      if (min < 0 || max != UNBOUNDED && max < min) {
        throw new IllegalArgumentException(
            "a repetition from %d to %d times makes no sense".formatted(min, max));
      }
    }
  }

  /** Whatever the rule of this name describes; rules may refer to themselves and each other. */
  record Reference(String rule) implements Expression {
    public Reference {
      Objects.requireNonNull(rule, "rule");
    }
  }
}
