package io.github.bitnet4j.constraint;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Decides straight from the meaning of expressions what {@link Automaton} decides step by step: at
 * which places of a text a match can end that begins at a given place. For short texts and grammars
 * in which every rule comes to an end, and which name one token at most.
 */
final class NaiveMatcher {
  /** Stands in texts for the token that the grammar names; UTF-8 has no such byte. */
  static final byte TOKEN = (byte) 0xFF;

  private final Grammar grammar;

  NaiveMatcher(Grammar grammar) {
    this.grammar = grammar;
  }

  boolean matches(String text) {
    return matches(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether the bytes are a whole text. */
  boolean matches(byte[] text) {
    return new Attempt(text).isWhole();
  }

  /** Whether a text begins with the bytes, which may end within a character. */
  boolean matchesStart(byte[] text) {
    var attempt = new Attempt(text);
    return attempt.isWhole() || attempt.endedWithin;
  }

  private final class Attempt {
    private final byte[] text;
    private final Map<Expression, Map<Integer, BitSet>> known = new IdentityHashMap<>();

    /** Whether some part that can be reached is longer than what is left of the text. */
    private boolean endedWithin;

    Attempt(byte[] text) {
      this.text = text;
    }

    boolean isWhole() {
      return ends(grammar.rules().get(grammar.start()), 0).get(text.length);
    }

    private BitSet ends(Expression expression, int at) {
      var places = known.computeIfAbsent(expression, _ -> new HashMap<>());
      var ends = places.get(at);
      if (ends == null) {
        ends = compute(expression, at);
        places.put(at, ends);
      }
      return ends;
    }

    private BitSet compute(Expression expression, int at) {
      var ends = new BitSet();
      switch (expression) {
        case Expression.Literal literal -> addBytes(utf8(literal.text()), at, ends);
        case Expression.OneOf oneOf -> {
          for (var range : oneOf.codePoints().ranges()) {
            for (int c = range.first(); c <= range.last(); c++) {
              addBytes(utf8(Character.toString(c)), at, ends);
            }
          }
        }
        case Expression.Token _ -> addBytes(new byte[] {TOKEN}, at, ends);
        case Expression.Sequence sequence -> {
          ends.set(at);
          for (var part : sequence.parts()) {
            ends = after(ends, part);
          }
        }
        case Expression.Choice choice -> {
          for (var part : choice.alternatives()) {
            ends.or(ends(part, at));
          }
        }
        case Expression.Repeat repeat -> {
          var reached = new BitSet();
          reached.set(at);
          for (int i = 0; i < repeat.min(); i++) {
            reached = after(reached, repeat.part());
          }
          ends.or(reached);
          // No more than one round for each byte can bring anything new.
          int rounds =
              repeat.max() == Expression.Repeat.UNBOUNDED
                  ? text.length + 1
                  : Math.min(text.length + 1, repeat.max() - repeat.min());
          for (int i = 0; i < rounds; i++) {
            reached = after(reached, repeat.part());
            ends.or(reached);
          }
        }
        case Expression.Reference reference ->
            ends.or(ends(grammar.rules().get(reference.rule()), at));
      }
      return ends;
    }

    private BitSet after(BitSet places, Expression part) {
      var ends = new BitSet();
      places.stream().forEach(at -> ends.or(ends(part, at)));
      return ends;
    }

    private static byte[] utf8(String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    private void addBytes(byte[] bytes, int at, BitSet ends) {
      for (int i = 0; i < bytes.length; i++) {
        if (at + i == text.length) {
          endedWithin = true;
          return;
        }
        if (bytes[i] != text[at + i]) {
          return;
        }
      }
      ends.set(at + bytes.length);
    }
  }
}
