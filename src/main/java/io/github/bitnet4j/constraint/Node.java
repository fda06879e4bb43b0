package io.github.bitnet4j.constraint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A point in a compiled grammar: what may come next, in bytes of UTF-8. Nodes are shared and
 * compared by identity; equal ones are made once by their {@link NodeFactory}.
 */
abstract sealed class Node {
  /** More tokens than any text has: what cannot be completed. Small enough to be added up. */
  static final int NEVER = 1 << 28;

  /** The empty text. */
  static final Node EMPTY = new Mark(0);

  /** Under all other frames of a {@link Stack}: whatever comes after it is not known there. */
  static final Node BOTTOM = new Mark(1);

  /** A frame between those of a rule and those of the rule that called it. */
  static final Node RETURN = new Mark(2);

  /** No text at all. */
  static final Node NOTHING = new Mark(3);

  static final int FIRST_FREE_ID = 4;

  final int id;

  /**
   * Tokens that are enough to complete this, each of them within one {@link Terminal} or a run of
   * them; {@link #NEVER} if there is no such way.
   */
  int tokens;

  private Node(int id, int tokens) {
    this.id = id;
    this.tokens = tokens;
  }

  /** The number of tokens computed anew from the parts. */
  int countTokens() {
    return tokens;
  }

  /** The nodes whose numbers of tokens the number of this is made of. */
  List<Node> parts() {
    return List.of();
  }

  static int sum(int a, int b) {
    return Math.min(NEVER, a + b);
  }

  /** One of the constants above. */
  private static final class Mark extends Node {
    private Mark(int id) {
      super(id, id == 3 ? NEVER : 0);
    }
  }

  /** One symbol, a byte or a named token, out of some ranges, each with what follows. */
  static final class Terminal extends Node {
    final int[] from;
    final int[] to;
    final Node[] then;

    Terminal(int id, int[] from, int[] to, Node[] then) {
      super(id, NEVER);
      this.from = from;
      this.to = to;
      this.then = then;
    }

    /** Whether it reads one byte and no other symbol. */
    boolean isSingleByte() {
      return from.length == 1 && from[0] == to[0] && from[0] < NamedTokens.FIRST_SYMBOL;
    }

    /** What follows after the symbol {@code value}; {@link #NOTHING} if it may not come. */
    Node next(int value) {
      for (int i = 0; i < from.length && from[i] <= value; i++) {
        if (value <= to[i]) {
          return then[i];
        }
      }
      return NOTHING;
    }
  }

  /** One part after another. */
  static final class Concat extends Node {
    final Node first;
    final Node rest;

    Concat(int id, Node first, Node rest) {
      super(id, sum(first.tokens, rest.tokens));
      this.first = first;
      this.rest = rest;
    }

    @Override
    List<Node> parts() {
      return List.of(first, rest);
    }

    @Override
    int countTokens() {
      return sum(first.tokens, rest.tokens);
    }
  }

  /** Any one of at least two. */
  static final class Either extends Node {
    final Node[] alternatives;

    Either(int id, Node[] alternatives) {
      super(id, NEVER);
      this.alternatives = alternatives;
      tokens = countTokens();
    }

    @Override
    List<Node> parts() {
      return List.of(alternatives);
    }

    @Override
    int countTokens() {
      int least = NEVER;
      for (var alternative : alternatives) {
        least = Math.min(least, alternative.tokens);
      }
      return least;
    }
  }

  /** A part, at least {@link #min} and at most {@link #max} times. */
  static final class Repeat extends Node {
    private final Counts counts;
    final int min;
    final int max;

    private Repeat(int id, Counts counts, int min, int max) {
      super(id, NEVER);
      this.counts = counts;
      this.min = min;
      this.max = max;
      tokens = countTokens();
    }

    Node part() {
      return counts.part;
    }

    /** Whether every text of {@code other} is one of this, as far as the counts tell. */
    boolean contains(Repeat other) {
      return counts == other.counts
          && min <= other.min
          && (max == Expression.Repeat.UNBOUNDED
              || other.max != Expression.Repeat.UNBOUNDED && other.max <= max);
    }

    /** The repeated part on a stack. */
    Family on(Stack stack) {
      return new Family(counts, stack);
    }

    /** What is left after one time. */
    Node less() {
      return counts.of(Math.max(min - 1, 0), max == Expression.Repeat.UNBOUNDED ? max : max - 1);
    }

    /** The same for a text of at most {@code bytes} bytes. */
    Node within(int bytes) {
      return max < bytes ? this : counts.of(min, Expression.Repeat.UNBOUNDED);
    }

    @Override
    List<Node> parts() {
      return List.of(counts.part);
    }

    @Override
    int countTokens() {
      return min == 0 ? 0 : (int) Math.min(NEVER, (long) min * counts.part.tokens);
    }
  }

  /** Repetitions of the same part on the very same stack. */
  record Family(Counts counts, Stack stack) {}

  /** The repetitions of one part, made when they are needed. */
  static final class Counts {
    private final NodeFactory factory;
    private final Node part;
    private final Map<Long, Repeat> made = new HashMap<>();

    Counts(NodeFactory factory, Node part) {
      this.factory = factory;
      this.part = part;
    }

    Node of(int min, int max) {
      if (max == 0) {
        return EMPTY;
      }
      return made.computeIfAbsent(
          (long) min << 32 | max & 0xFFFFFFFFL, _ -> new Repeat(factory.nextId(), this, min, max));
    }
  }

  /** A rule that is entered with a {@link #RETURN} frame. */
  static final class Call extends Node {
    final String rule;
    Node body = NOTHING;

    Call(int id, String rule) {
      super(id, NEVER);
      this.rule = rule;
    }

    @Override
    List<Node> parts() {
      return List.of(body);
    }

    @Override
    int countTokens() {
      return body.tokens;
    }
  }
}
