package io.github.bitnet4j.constraint;

import java.util.List;
import java.util.Optional;

/**
 * Where a text may be in a grammar after some bytes: a set of nodes, each on a {@link Stack}. Made
 * by the {@link Automaton}, which makes equal ones once while it remembers them; immutable but for
 * what is noted about it.
 *
 * <p>{@link #next} and {@link #closure} are read by threads without the automaton's lock: they see
 * nothing or what was noted, which is immutable but for such notes, too.
 */
final class State {
  /** Rising by id. {@link Node#EMPTY} lies on {@link Stack#EMPTY} alone. */
  final Node[] nodes;

  final Stack[] stacks;

  /** Tokens that are enough to complete the text, or the part of it down to the bottom. */
  final int tokens;

  /** Next states by class of symbols; null where not yet computed. */
  final State[] next;

  /** Whether no text leads on from here, nor ends here. */
  final boolean isDead;

  /** {@link ByteKinds} of which any text leads back here; negative where not yet computed. */
  int loops = -1;

  /** {@link #tokens}, or that of a state within a character that loops if it is more. */
  int tokensInLoops;

  /** What may come next; null where not yet computed. */
  Closure closure;

  /** The groups, and those that are reached when a group's rule ends at once; once computed. */
  Optional<List<Group>> groups = Optional.empty();

  /** By reach: the state that is the same for tokens of no more bytes, once computed. */
  final State[] within = new State[Reach.values().length];

  private final int hash;

  /**
   * Where single symbols lead.
   *
   * @param terminals rising by id
   * @param stacks what each of them lies on
   * @param atEnd whether the bottom is reached, so that the text may end or its rule return
   */
  record Closure(Node.Terminal[] terminals, Stack[] stacks, boolean atEnd) {}

  State(Node[] nodes, Stack[] stacks, int classes) {
    this.nodes = nodes;
    this.stacks = stacks;
    next = new State[classes];
    isDead = nodes.length == 0;
    tokens = Stack.leastTokens(nodes, stacks);
    tokensInLoops = tokens;
    hash = Stack.hash(nodes, stacks);
  }

  @Override
  public boolean equals(Object object) {
    return this == object
        || object instanceof State other
            && hash == other.hash
            && Stack.same(nodes, other.nodes)
            && Stack.same(stacks, other.stacks);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
