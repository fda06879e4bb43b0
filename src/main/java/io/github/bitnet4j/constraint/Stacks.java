package io.github.bitnet4j.constraint;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Makes {@link Stack}s, equal ones once while they are remembered. For one thread at a time. */
final class Stacks {
  private static final int REMEMBERED = 50_000;

  private final Map<Stack, Stack> made = new HashMap<>();

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
    var frames = new Node[a.frames.length + b.frames.length];
    var parents = new Stack[frames.length];
    int n = 0;
    int i = 0;
    int j = 0;
    while (i < a.frames.length || j < b.frames.length) {
      int order =
          i == a.frames.length
              ? 1
              : j == b.frames.length ? -1 : Integer.compare(a.frames[i].id, b.frames[j].id);
      if (order < 0) {
        frames[n] = a.frames[i];
        parents[n++] = a.parents[i++];
      } else if (order > 0) {
        frames[n] = b.frames[j];
        parents[n++] = b.parents[j++];
      } else {
        frames[n] = a.frames[i];
        parents[n++] = a.frames[i] == Node.BOTTOM ? null : merge(a.parents[i], b.parents[j]);
        i++;
        j++;
      }
    }
    return remembered(new Stack(Arrays.copyOf(frames, n), Arrays.copyOf(parents, n)));
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
    Stack all = null;
    for (int i = 0; i < stack.frames.length; i++) {
      var one =
          stack.frames[i] == Node.BOTTOM
              ? Stack.EMPTY
              : push(within(bytes, stack.frames[i]), within(bytes, stack.parents[i]));
      all = all == null ? one : merge(all, one);
    }
    return all;
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
