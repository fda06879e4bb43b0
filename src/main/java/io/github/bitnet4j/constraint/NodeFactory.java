package io.github.bitnet4j.constraint;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes nodes, equal ones once. For one thread at a time. */
final class NodeFactory {
  private final TokenTries tries;
  private final Map<List<Integer>, Node> made = new HashMap<>();
  private final Map<Node, Node.Counts> counts = new HashMap<>();
  private final Set<Node> all = new HashSet<>();
  private final BitSet starts = new BitSet();
  private int nextId = Node.FIRST_FREE_ID;

  /**
   * A factory.
   *
   * @param tries the tokens that terminals can be completed with
   */
  NodeFactory(TokenTries tries) {
    this.tries = tries;
  }

  int nextId() {
    return nextId++;
  }

  /** How many nodes were made. */
  int size() {
    return all.size();
  }

  /** The classes of so many symbols that the terminals made so far tell apart. */
  SymbolClasses classes(int symbols) {
    return new SymbolClasses(starts, symbols);
  }

  /** A symbol out of ranges, all of bytes or all of tokens, each with what follows. */
  Node terminal(int[] from, int[] to, Node[] then) {
    var key = new ArrayList<Integer>(1 + 3 * from.length);
    key.add(0);
    for (int i = 0; i < from.length; i++) {
      key.addAll(List.of(from[i], to[i], then[i].id));
      starts.set(from[i]);
      starts.set(to[i] + 1);
    }
    var known = made.get(key);
    if (known != null) {
      return known;
    }
    var node = new Node.Terminal(nextId(), from, to, then);
    node.tokens = from[0] < NamedTokens.FIRST_SYMBOL ? tries.tokensToComplete(node) : 1;
    return add(key, node);
  }

  /** The bytes one after another, then {@code then}, which is empty or a terminal. */
  Node bytes(byte[] bytes, Node then) {
    var node = then;
    for (int i = bytes.length - 1; i >= 0; i--) {
      int value = bytes[i] & 0xFF;
      node = terminal(new int[] {value}, new int[] {value}, new Node[] {node});
    }
    return node;
  }

  Node concat(Node first, Node rest) {
    if (first == Node.NOTHING || rest == Node.NOTHING) {
      return Node.NOTHING;
    }
    if (first == Node.EMPTY) {
      return rest;
    }
    if (rest == Node.EMPTY) {
      return first;
    }
    var key = List.of(1, first.id, rest.id);
    var known = made.get(key);
    return known != null ? known : add(key, new Node.Concat(nextId(), first, rest));
  }

  Node either(List<Node> alternatives) {
    var possible = alternatives.stream().filter(node -> node != Node.NOTHING).distinct().toList();
    if (possible.isEmpty()) {
      return Node.NOTHING;
    }
    if (possible.size() == 1) {
      return possible.getFirst();
    }
    var key = new ArrayList<Integer>(1 + possible.size());
    key.add(2);
    possible.forEach(node -> key.add(node.id));
    var known = made.get(key);
    return known != null
        ? known
        : add(key, new Node.Either(nextId(), possible.toArray(Node[]::new)));
  }

  Node repeat(Node part, int min, int max) {
    if (max == 0 || part == Node.EMPTY || part == Node.NOTHING && min == 0) {
      return Node.EMPTY;
    }
    if (part == Node.NOTHING) {
      return Node.NOTHING;
    }
    if (min == 1 && max == 1) {
      return part;
    }
    var node = counts.computeIfAbsent(part, p -> new Node.Counts(this, p)).of(min, max);
    all.add(node);
    return node;
  }

  Node.Call call(String rule) {
    var node = new Node.Call(nextId(), rule);
    all.add(node);
    return node;
  }

  /**
   * Has calls of rules know how many tokens they take, and forgets what it has made: no more nodes
   * are asked for but repetitions of those there are.
   */
  void finish() {
    TokenCounts.settle(all);
    made.clear();
    counts.clear();
    all.clear();
  }

  private Node add(List<Integer> key, Node node) {
    made.put(key, node);
    all.add(node);
    return node;
  }
}
