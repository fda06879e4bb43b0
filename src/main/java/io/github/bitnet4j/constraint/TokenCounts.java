package io.github.bitnet4j.constraint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Counts the tokens that nodes take where rules call each other: the smallest numbers first, from
 * which others follow, as Knuth did (A generalization of Dijkstra's algorithm, 1977).
 */
final class TokenCounts {
  private final Map<Node, List<Node>> users = new HashMap<>();
  private final PriorityQueue<Count> open =
      new PriorityQueue<>(Comparator.comparingInt(Count::tokens));

  private record Count(Node node, int tokens) {}

  private TokenCounts() {}

  /** Counts anew what takes fewer tokens when the bodies of rules are known. */
  static void settle(Collection<Node> nodes) {
    if (nodes.stream().noneMatch(Node.Call.class::isInstance)) {
      return;
    }
    var counts = new TokenCounts();
    for (var node : nodes) {
      for (var part : node.parts()) {
        counts.users.computeIfAbsent(part, _ -> new ArrayList<>(2)).add(node);
      }
    }
    nodes.stream()
        .filter(Node.Call.class::isInstance)
        .forEach(n -> counts.lower(n, n.countTokens()));
    counts.propagate();
  }

  private void propagate() {
    while (!open.isEmpty()) {
      var count = open.remove();
      if (count.tokens == count.node.tokens) {
        for (var user : users.getOrDefault(count.node, List.of())) {
          // Of alternatives the one that has changed is enough to look at.
          lower(user, user instanceof Node.Either ? count.tokens : user.countTokens());
        }
      }
    }
  }

  private void lower(Node node, int tokens) {
    if (tokens < node.tokens) {
      node.tokens = tokens;
      open.add(new Count(node, tokens));
    }
  }
}
