package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.CodePointSet;
import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.json.TextAutomaton.Edge;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Makes automata of expressions as Glushkov did (The abstract theory of automata, 1961): a state
 * for each place in the expression where a code point is read, and no empty steps.
 */
final class AutomatonBuilder {
  private final String pointer;
  private final List<CodePointSet> places = new ArrayList<>();
  private final List<BitSet> following = new ArrayList<>();

  private AutomatonBuilder(String pointer) {
    this.pointer = pointer;
  }

  /**
   * What a part of an expression does.
   *
   * @param first places it can begin with
   * @param last places it can end with
   * @param optional whether it matches the empty text
   */
  private record Part(BitSet first, BitSet last, boolean optional) {}

  /**
   * The automaton of an expression without references and tokens.
   *
   * @param pointer of the schema, for errors
   */
  static TextAutomaton build(Expression expression, String pointer) {
    var builder = new AutomatonBuilder(pointer);
    builder.place(CodePointSet.NONE);
    var whole = builder.part(expression);
    builder.following.getFirst().or(whole.first);
    var accepting = (BitSet) whole.last.clone();
    accepting.set(0, whole.optional);
    return new TextAutomaton(builder.edges(), accepting);
  }

  private List<List<Edge>> edges() {
    long edges = following.stream().mapToLong(BitSet::cardinality).sum();
    TextAutomaton.checkSize(places.size(), edges, pointer);
    return following.stream()
        .map(to -> to.stream().mapToObj(p -> new Edge(places.get(p), p)).toList())
        .toList();
  }

  private int place(CodePointSet on) {
    places.add(on);
    following.add(new BitSet());
    TextAutomaton.checkSize(places.size(), 0, pointer);
    return places.size() - 1;
  }

  private Part part(Expression expression) {
    return switch (expression) {
      case Expression.Literal(var text) ->
          text.codePoints()
              .mapToObj(c -> single(CodePointSet.range(c, c)))
              .reduce(this::sequence)
              .orElseGet(AutomatonBuilder::empty);
      case Expression.OneOf(var set) -> single(set);
      case Expression.Sequence(var parts) ->
          parts.stream().map(this::part).reduce(this::sequence).orElseGet(AutomatonBuilder::empty);
      case Expression.Choice(var alternatives) -> choice(alternatives);
      case Expression.Repeat repeat -> repeat(repeat);
      case Expression.Token _, Expression.Reference _ ->
          throw new IllegalArgumentException(expression.toString());
    };
  }

  private static Part empty() {
    return new Part(new BitSet(), new BitSet(), true);
  }

  private Part single(CodePointSet set) {
    if (set.ranges().isEmpty()) {
      return new Part(new BitSet(), new BitSet(), false);
    }
    var at = new BitSet();
    at.set(place(set));
    return new Part(at, at, false);
  }

  private Part choice(List<Expression> alternatives) {
    var first = new BitSet();
    var last = new BitSet();
    boolean optional = false;
    for (var alternative : alternatives) {
      var part = part(alternative);
      first.or(part.first);
      last.or(part.last);
      optional |= part.optional;
    }
    return new Part(first, last, optional);
  }

  private Part sequence(Part left, Part right) {
    left.last.stream().forEach(p -> following.get(p).or(right.first));
    return new Part(
        left.optional ? union(left.first, right.first) : left.first,
        right.optional ? union(left.last, right.last) : right.last,
        left.optional && right.optional);
  }

  private static BitSet union(BitSet a, BitSet b) {
    var both = (BitSet) a.clone();
    both.or(b);
    return both;
  }

  private Part repeat(Expression.Repeat repeat) {
    boolean unbounded = repeat.max() == Expression.Repeat.UNBOUNDED;
    var whole = unbounded ? star(repeat.part()) : empty();
    TextAutomaton.checkSize(Math.max(repeat.min(), repeat.max()), 0, pointer);
    for (int i = repeat.min(); !unbounded && i < repeat.max(); i++) {
      var more = sequence(part(repeat.part()), whole);
      whole = new Part(more.first, more.last, true);
    }
    for (int i = 0; i < repeat.min(); i++) {
      whole = sequence(part(repeat.part()), whole);
    }
    return whole;
  }

  private Part star(Expression expression) {
    var part = part(expression);
    part.last.stream().forEach(p -> following.get(p).or(part.first));
    return new Part(part.first, part.last, true);
  }
}
