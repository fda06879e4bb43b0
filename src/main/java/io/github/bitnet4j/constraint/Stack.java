package io.github.bitnet4j.constraint;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has to follow once the current node is done: a set of stacks of nodes. Stacks whose top
 * frame is the same are one entry, with the set of what lies below as its parent, so that many
 * stacks share what they have in common. Made by {@link Stacks}; immutable but for what is noted
 * about it.
 */
final class Stack {
  /** The one empty stack. */
  static final Stack EMPTY = new Stack(new Node[] {Node.BOTTOM}, new Stack[1]);

  /** Top frames by rising id. */
  final Node[] frames;

  /** What lies below each of them. */
  final Stack[] parents;

  /** Tokens that are enough to complete one of the stacks. */
  final int tokens;

  /** {@link Stacks#cut}, once computed. */
  Optional<Map<Stack, Stack>> cut = Optional.empty();

  /** What may follow when this is popped, once computed. */
  Optional<List<Group>> popped = Optional.empty();

  private final int hash;

  Stack(Node[] frames, Stack[] parents) {
    this.frames = frames;
    this.parents = parents;
    tokens = leastTokens(frames, parents);
    hash = hash(frames, parents);
  }

  /**
   * Tokens that complete one of the nodes and the stack below it, which null stands for none of.
   */
  static int leastTokens(Node[] nodes, Stack[] below) {
    int least = Node.NEVER;
    for (int i = 0; i < nodes.length; i++) {
      int rest = below[i] == null ? 0 : below[i].tokens;
      least = Math.min(least, Node.sum(nodes[i].tokens, rest));
    }
    return least;
  }

  /** The same for the same nodes on the very same stacks. */
  static int hash(Node[] nodes, Stack[] below) {
    int hash = 1;
    for (int i = 0; i < nodes.length; i++) {
      hash = 31 * (31 * hash + nodes[i].id) + System.identityHashCode(below[i]);
    }
    return hash;
  }

  /** Whether frames are the same and lie on the very same stacks. */
  @Override
  public boolean equals(Object object) {
    return this == object
        || object instanceof Stack other
            && hash == other.hash
            && same(frames, other.frames)
            && same(parents, other.parents);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  static boolean same(Object[] a, Object[] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return Arrays.stream(frames).map(frame -> Integer.toString(frame.id)).toList().toString();
  }
}
