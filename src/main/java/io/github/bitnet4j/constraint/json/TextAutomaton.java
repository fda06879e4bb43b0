package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.CodePointSet;
import io.github.bitnet4j.constraint.Expression;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A nondeterministic automaton over code points: for what an {@link Expression} alone cannot say,
 * such as what two of them have in common. Immutable.
 *
 * @param edges of each state
 * @param accepting the states in which a text may end
 */
record TextAutomaton(List<List<Edge>> edges, BitSet accepting) {
  /** States of an automaton at most. */
  static final int MAX_STATES = 20_000;

  /** Edges of an automaton at most. */
  static final int MAX_EDGES = 1_000_000;

  /** Leads to the state {@code to} with one of the code points. */
  record Edge(CodePointSet on, int to) {}

  /** A state of two automata at once. */
  private record Pair(int left, int right) {}

  /**
   * What both accept.
   *
   * @param pointer of the schema, for errors
   */
  TextAutomaton and(TextAutomaton other, String pointer) {
    var numbers = new LinkedHashMap<Pair, Integer>();
    var queue = new ArrayDeque<Pair>();
    var product = new ArrayList<List<Edge>>();
    var ends = new BitSet();
    long edgeCount = 0;
    queue.add(new Pair(0, 0));
    numbers.put(queue.peek(), 0);
    while (!queue.isEmpty()) {
      var pair = queue.remove();
      if (accepting.get(pair.left) && other.accepting.get(pair.right)) {
        ends.set(numbers.get(pair));
      }
      var from = new ArrayList<Edge>();
      for (var left : edges.get(pair.left)) {
        for (var right : other.edges.get(pair.right)) {
          var on = left.on.and(right.on);
          if (!on.ranges().isEmpty()) {
            var next = new Pair(left.to, right.to);
            if (!numbers.containsKey(next)) {
              numbers.put(next, numbers.size());
              queue.add(next);
            }
            from.add(new Edge(on, numbers.get(next)));
            checkSize(numbers.size(), ++edgeCount, pointer);
          }
        }
      }
      product.add(from);
    }
    return new TextAutomaton(product, ends);
  }

  /** Refuses an automaton that would take all memory. */
  static void checkSize(int states, long edges, String pointer) {
    if (states > MAX_STATES || edges > MAX_EDGES) {
      throw new JsonSchemaException(
          pointer,
          ("describes a text that takes more than %,d states, or %,d steps between them; lower"
                  + " maxLength or the repetitions")
              .formatted(MAX_STATES, MAX_EDGES));
    }
  }

  /** Any text of {@code min} to {@code max} code points; {@code max} may be unbounded. */
  static TextAutomaton ofLength(int min, int max, String pointer) {
    boolean unbounded = max == Expression.Repeat.UNBOUNDED;
    int last = unbounded ? min : max;
    checkSize(last, last, pointer);
    var edges = new ArrayList<List<Edge>>();
    for (int i = 0; i < last; i++) {
      edges.add(List.of(new Edge(CodePointSet.ALL, i + 1)));
    }
    edges.add(unbounded ? List.of(new Edge(CodePointSet.ALL, last)) : List.of());
    var accepting = new BitSet();
    accepting.set(min, last + 1);
    return new TextAutomaton(edges, accepting);
  }

  boolean accepts(String text) {
    var states = new BitSet();
    states.set(0);
    for (int c : text.codePoints().toArray()) {
      var next = new BitSet();
      states.stream()
          .flatMap(s -> edges.get(s).stream().filter(e -> e.on.contains(c)).mapToInt(Edge::to))
          .forEach(next::set);
      states = next;
    }
    return states.intersects(accepting);
  }

  /** Whether no text is accepted. */
  boolean isEmpty() {
    return !useful().get(0);
  }

  /** The states from which an accepting one can be reached. */
  private BitSet useful() {
    var sources = new ArrayList<List<Integer>>();
    for (int i = 0; i < edges.size(); i++) {
      sources.add(new ArrayList<>());
    }
    for (int from = 0; from < edges.size(); from++) {
      for (var edge : edges.get(from)) {
        sources.get(edge.to).add(from);
      }
    }
    var useful = new BitSet();
    var queue = new ArrayDeque<Integer>();
    accepting.stream().forEach(queue::add);
    while (!queue.isEmpty()) {
      int state = queue.remove();
      if (!useful.get(state)) {
        useful.set(state);
        queue.addAll(sources.get(state));
      }
    }
    return useful;
  }

  /** The insides of the JSON strings whose values are accepted, as one rule for each state. */
  Expression toJson(Rules rules, String wantedName) {
    var useful = useful();
    String name = rules.freshName(wantedName);
    for (int i = 0; i < edges.size(); i++) {
      int state = i;
      if (useful.get(state)) {
        rules.rule(ruleName(name, state), () -> stateJson(state, useful, name));
      }
    }
    return useful.get(0) ? new Expression.Reference(name) : Parts.NOTHING;
  }

  private static String ruleName(String name, int state) {
    return state == 0 ? name : name + ", state " + state;
  }

  private Expression stateJson(int state, BitSet useful, String name) {
    Map<Integer, CodePointSet> targets = new LinkedHashMap<>();
    for (var edge : edges.get(state)) {
      if (useful.get(edge.to)) {
        targets.merge(edge.to, edge.on, CodePointSet::or);
      }
    }
    var alternatives = new ArrayList<Expression>();
    targets.forEach(
        (to, on) ->
            alternatives.add(
                Parts.sequence(JsonText.encode(on), new Expression.Reference(ruleName(name, to)))));
    if (accepting.get(state)) {
      alternatives.add(Parts.EMPTY);
    }
    return Parts.choice(alternatives);
  }
}
