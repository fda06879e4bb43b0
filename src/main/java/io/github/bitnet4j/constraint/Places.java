package io.github.bitnet4j.constraint;

import java.util.Arrays;
import java.util.List;

/**
 * Where texts may be that begin with the bytes of a node of a trie: {@link Group}s, each once. Used
 * again for node after node, by one thread.
 */
final class Places {
  private State[] tops = new State[4];
  private Stack[] below = new Stack[4];
  private int size;

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  /** The state within its rule of the place numbered {@code i}. */
  State top(int i) {
    return tops[i];
  }

  /** What lies below the rule of the place numbered {@code i}. */
  Stack below(int i) {
    return below[i];
  }

  /** Whether each has one place, and it is the same. */
  boolean isSame(Places other) {
    return size == 1 && other.size == 1 && tops[0] == other.tops[0] && below[0] == other.below[0];
  }

  void add(State top, Stack rest) {
    for (int i = 0; i < size; i++) {
      if (tops[i] == top && below[i] == rest) {
        return;
      }
    }
    if (size == tops.length) {
      tops = Arrays.copyOf(tops, 2 * size);
      below = Arrays.copyOf(below, 2 * size);
    }
    tops[size] = top;
    below[size++] = rest;
  }

  /** Adds groups, as states that are the same for tokens of a reach. */
  void addAll(List<Group> groups, Reach reach, Automaton automaton) {
    for (var group : groups) {
      add(automaton.within(reach, group.top()), group.below());
    }
  }

  /** Makes these the places that {@code before} leads to with a byte, 0 to 255. */
  void follow(Places before, int value, Automaton automaton) {
    size = 0;
    for (int i = 0; i < before.size; i++) {
      var next = automaton.next(before.tops[i], value);
      if (!next.isDead) {
        add(next, before.below[i]);
      }
    }
  }

  /** Adds the places that rules which end here return to. */
  void addReturns(Reach reach, Automaton automaton) {
    for (int i = 0, last = size; i < last; i++) {
      if (automaton.atEnd(tops[i])) {
        addAll(automaton.popped(below[i]), reach, automaton);
      }
    }
  }

  /** The least number of tokens that completes a text. */
  int tokens() {
    int least = Node.NEVER;
    for (int i = 0; i < size; i++) {
      least = Math.min(least, Node.sum(tops[i].tokens, below[i].tokens));
    }
    return least;
  }
}
