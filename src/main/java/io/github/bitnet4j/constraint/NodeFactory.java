package io.github.bitnet4j.constraint;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Makes nodes, equal ones once. For one thread at a time. */
final class NodeFactory {
  /** Bytes at the start of alternatives up to which they are put together. */
  private static final int LONGEST_START = 100;

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

  /** Any of the alternatives; those that begin with the same single byte begin together. */
  Node either(List<Node> alternatives) {
    return either(alternatives, LONGEST_START);
  }

  private Node either(List<Node> alternatives, int longestStart) {
    var possible = new LinkedHashSet<Node>();
    var starts = new TreeMap<Integer, Set<Node>>();
    for (var node : alternatives) {
      if (longestStart > 0 && node instanceof Node.Terminal terminal && terminal.isSingleByte()) {
        starts.computeIfAbsent(terminal.from[0], _ -> new LinkedHashSet<>()).add(terminal.then[0]);
      } else if (node != Node.NOTHING) {
        possible.add(node);
      }
    }
    if (!starts.isEmpty()) {
      possible.add(starting(starts, longestStart - 1));
    }
    if (possible.size() <= 1) {
      return possible.isEmpty() ? Node.NOTHING : possible.getFirst();
    }
    var key = new ArrayList<Integer>(1 + possible.size());
    key.add(2);
    possible.forEach(node -> key.add(node.id));
    var known = made.get(key);
    return known != null
        ? known
        : add(key, new Node.Either(nextId(), possible.toArray(Node[]::new)));
  }

  /** A byte, each with any of what follows it. */
  private Node starting(TreeMap<Integer, Set<Node>> starts, int longestStart) {
    int[] symbols = starts.keySet().stream().mapToInt(Integer::intValue).toArray();
    var then =
        starts.values().stream()
            .map(after -> either(List.copyOf(after), longestStart))
            .toArray(Node[]::new);
    return terminal(symbols, symbols.clone(), then);
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
