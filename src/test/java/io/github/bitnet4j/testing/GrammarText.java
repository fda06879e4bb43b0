package io.github.bitnet4j.testing;

import io.github.bitnet4j.constraint.CodePointSet;
import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.Grammar;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Plain readings of a grammar for tests: random texts of it, and whether it has a text. It names no
 * tokens.
 */
public final class GrammarText {
  private static final int NEVER = 1_000_000;

  private final Grammar grammar;
  private final Map<String, Integer> depths = new HashMap<>();

  /** For the texts of {@code grammar}, in which no rule begins with itself. */
  public GrammarText(Grammar grammar) {
    this.grammar = grammar;
    boolean changed = true;
    while (changed) {
      changed = false;
      for (var rule : grammar.rules().entrySet()) {
        int depth = 1 + depth(rule.getValue());
        if (depth < depths.getOrDefault(rule.getKey(), NEVER)) {
          depths.put(rule.getKey(), depth);
          changed = true;
        }
      }
    }
  }

  /** How many rules lie inside each other in the flattest text. */
  private int depth(Expression expression) {
    return switch (expression) {
      case Expression.Literal _, Expression.Token _ -> 0;
      case Expression.OneOf(var set) -> set.ranges().isEmpty() ? NEVER : 0;
      case Expression.Sequence(var parts) -> parts.stream().mapToInt(this::depth).max().orElse(0);
      case Expression.Choice(var parts) -> parts.stream().mapToInt(this::depth).min().orElse(NEVER);
      case Expression.Repeat(var part, int min, _) -> min == 0 ? 0 : depth(part);
      case Expression.Reference(var rule) -> depths.getOrDefault(rule, NEVER);
    };
  }

  /** A random text; beyond {@code maxDepth} rules inside each other it takes the shortest way. */
  public String random(RandomGenerator random, int maxDepth) {
    var text = new StringBuilder();
    write(new Expression.Reference(grammar.start()), random, maxDepth, text);
    return text.toString();
  }

  private void write(Expression expression, RandomGenerator random, int left, StringBuilder text) {
    switch (expression) {
      case Expression.Literal(var literal) -> text.append(literal);
      case Expression.OneOf(var set) -> text.appendCodePoint(pick(set, random));
      case Expression.Token token -> throw new IllegalArgumentException(token.toString());
      case Expression.Sequence(var parts) -> parts.forEach(p -> write(p, random, left, text));
      case Expression.Choice(var parts) -> {
        int flattest = depth(expression);
        var open =
            parts.stream().filter(p -> depth(p) <= (left > 0 ? NEVER - 1 : flattest)).toList();
        write(open.get(random.nextInt(open.size())), random, left, text);
      }
      case Expression.Repeat(var part, int min, int max) -> {
        int more = left > 0 && depth(part) < NEVER ? random.nextInt(4) : 0;
        int times = max == Expression.Repeat.UNBOUNDED ? min + more : Math.min(max, min + more);
        // Now and then all that is allowed, so that upper limits are met.
        times = more == 3 && max > 0 && max < 100 ? max : times;
        for (int i = 0; i < times; i++) {
          write(part, random, left, text);
        }
      }
      case Expression.Reference(var rule) ->
          write(grammar.rules().get(rule), random, left - 1, text);
    }
  }

  private static int pick(CodePointSet set, RandomGenerator random) {
    var range = set.ranges().get(random.nextInt(set.ranges().size()));
    int size = range.last() - range.first() + 1;
    return range.first() + random.nextInt(random.nextBoolean() ? size : Math.min(size, 96));
  }

  /** Whether the whole of {@code text} is one of the grammar's. */
  public boolean has(String text) {
    var reader = new Reader(text.codePoints().toArray(), new HashMap<>());
    return reader.ends(new Expression.Reference(grammar.start()), at(0)).get(reader.text.length);
  }

  private static BitSet at(int position) {
    var set = new BitSet();
    set.set(position);
    return set;
  }

  private record Place(String rule, int start) {}

  /** Finds where expressions that begin at a place can end. */
  private final class Reader {
    private final int[] text;
    private final Map<Place, BitSet> known;

    Reader(int[] text, Map<Place, BitSet> known) {
      this.text = text;
      this.known = known;
    }

    BitSet ends(Expression expression, BitSet starts) {
      var ends = new BitSet();
      starts.stream().forEach(start -> ends.or(ends(expression, start)));
      return ends;
    }

    private BitSet ends(Expression expression, int start) {
      return switch (expression) {
        case Expression.Literal(var literal) -> {
          int[] wanted = literal.codePoints().toArray();
          boolean found =
              start + wanted.length <= text.length
                  && Arrays.equals(wanted, 0, wanted.length, text, start, start + wanted.length);
          yield found ? at(start + wanted.length) : new BitSet();
        }
        case Expression.OneOf(var set) ->
            start < text.length && set.contains(text[start]) ? at(start + 1) : new BitSet();
        case Expression.Token token -> throw new IllegalArgumentException(token.toString());
        case Expression.Sequence(var parts) -> sequence(parts, start);
        case Expression.Choice(var parts) -> {
          var ends = new BitSet();
          parts.forEach(p -> ends.or(ends(p, start)));
          yield ends;
        }
        case Expression.Repeat repeat -> repeat(repeat, start);
        case Expression.Reference(var rule) -> {
          var place = new Place(rule, start);
          var ends = known.get(place);
          if (ends == null) {
            ends = ends(grammar.rules().get(rule), start);
            known.put(place, ends);
          }
          yield ends;
        }
      };
    }

    private BitSet sequence(List<Expression> parts, int start) {
      var ends = at(start);
      for (var part : parts) {
        ends = ends(part, ends);
      }
      return ends;
    }

    private BitSet repeat(Expression.Repeat repeat, int start) {
      var reached = at(start);
      var ends = new BitSet();
      for (int i = 0; !reached.isEmpty(); i++) {
        if (i >= repeat.min()) {
          var before = (BitSet) ends.clone();
          ends.or(reached);
          if (ends.equals(before)) {
            break;
          }
        }
        if (i == repeat.max()) {
          break;
        }
        reached = ends(repeat.part(), reached);
      }
      return ends;
    }
  }
}
