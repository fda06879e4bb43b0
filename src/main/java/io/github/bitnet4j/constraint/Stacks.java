package io.github.bitnet4j.constraint;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes {@link Stack}s, equal ones once while they are remembered. For one thread at a time. */
final class Stacks {
  private static final int REMEMBERED = 50_000;

  private static final Comparator<Node> BY_ID = Comparator.comparingInt(node -> node.id);

  private final Map<Stack, Stack> made = new HashMap<>();
  private final Map<Pair, Stack> merged = new HashMap<>();
  private final Effort effort;

  private record Pair(Stack a, Stack b) {}

  Stacks(Effort effort) {
    this.effort = effort;
  }

  /** {@code stack} under one more frame. */
  Stack push(Node frame, Stack stack) {
    return frame == Node.EMPTY
        ? stack
        : remembered(new Stack(new Node[] {frame}, new Stack[] {stack}));
  }

  /** {@code stack} under a {@link Node#RETURN}, of which there are never two together. */
  Stack pushReturn(Stack stack) {
    for (var frame : stack.frames) {
      if (frame != Node.RETURN && frame != Node.BOTTOM) {
        return push(Node.RETURN, stack);
      }
    }
    return stack;
  }

  /** The stacks of both. */
  Stack merge(Stack a, Stack b) {
    if (a == b) {
      return a;
    }
    var pair = new Pair(a, b);
    var known = merged.get(pair);
    if (known == null) {
      known = mergeAnew(a, b);
      if (merged.size() > REMEMBERED) {
        merged.clear();
      }
      merged.put(pair, known);
    }
    return known;
  }

  private Stack mergeAnew(Stack a, Stack b) {
    var parentOf = new TreeMap<Node, Stack>(BY_ID);
    add(a, parentOf);
    add(b, parentOf);
    return of(parentOf);
  }

  private void add(Stack stack, Map<Node, Stack> parentOf) {
    for (int i = 0; i < stack.frames.length; i++) {
      add(stack.frames[i], stack.parents[i], parentOf);
    }
  }

  private void add(Node frame, Stack parent, Map<Node, Stack> parentOf) {
    effort.spend(Effort.NODE);
    if (frame == Node.BOTTOM) {
      parentOf.put(frame, null);
    } else {
      parentOf.merge(frame, parent, this::merge);
    }
  }

  private Stack of(TreeMap<Node, Stack> parentOf) {
    if (parentOf.size() == 1 && parentOf.firstKey() == Node.BOTTOM) {
      return Stack.EMPTY;
    }
    removeContained(parentOf);
    if (parentOf.size() > Automaton.MOST_NODES) {
      throw Automaton.tooAmbiguous();
    }
    return remembered(
        new Stack(parentOf.keySet().toArray(Node[]::new), parentOf.values().toArray(Stack[]::new)));
  }

  /** Removes repetitions that others on the same stack contain. */
  static void removeContained(Map<Node, Stack> stackOf) {
    var largest = new HashMap<Node.Family, Node.Repeat>();
    for (var entry : stackOf.entrySet()) {
      if (entry.getKey() instanceof Node.Repeat repeat) {
        largest.merge(
            repeat.on(entry.getValue()),
            repeat,
            (before, next) -> next.contains(before) ? next : before);
      }
    }
    stackOf
        .entrySet()
        .removeIf(
            entry -> {
              if (!(entry.getKey() instanceof Node.Repeat repeat)) {
                return false;
              }
              var other = largest.get(repeat.on(entry.getValue()));
              return other != repeat && other.contains(repeat);
            });
  }

  /**
   * The stacks cut below the frames of the current rule: the part above, which ends in {@link
   * Node#BOTTOM}, by the part below.
   */
  Map<Stack, Stack> cut(Stack stack) {
    if (stack == Stack.EMPTY) {
      return Map.of(stack, stack);
    }
    if (stack.cut.isPresent()) {
      return stack.cut.get();
    }
    var parts = new LinkedHashMap<Stack, Stack>();
    for (int i = 0; i < stack.frames.length; i++) {
      var frame = stack.frames[i];
      var parent = stack.parents[i];
      if (frame == Node.BOTTOM) {
        parts.merge(Stack.EMPTY, Stack.EMPTY, this::merge);
      } else if (frame == Node.RETURN) {
        parts.merge(parent, Stack.EMPTY, this::merge);
      } else {
        cut(parent).forEach((below, above) -> parts.merge(below, push(frame, above), this::merge));
      }
    }
    stack.cut = Optional.of(parts);
    return parts;
  }

  /** A stack of the rule's own frames with repetitions as {@link Node.Repeat#within} makes them. */
  Stack within(int bytes, Stack stack) {
    if (stack == Stack.EMPTY) {
      return stack;
    }
    var parentOf = new TreeMap<Node, Stack>(BY_ID);
    for (int i = 0; i < stack.frames.length; i++) {
      var parent = stack.parents[i] == null ? null : within(bytes, stack.parents[i]);
      add(within(bytes, stack.frames[i]), parent, parentOf);
    }
    return of(parentOf);
  }

  static Node within(int bytes, Node node) {
    return node instanceof Node.Repeat repeat ? repeat.within(bytes) : node;
  }

  private Stack remembered(Stack stack) {
    if (made.size() > REMEMBERED) {
      made.clear();
    }
    var before = made.putIfAbsent(stack, stack);
    return before == null ? stack : before;
  }
}
