package io.github.bitnet4j.constraint;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Which tokens may follow in the states of an automaton. What a state allows within its own rule is
 * found out once by going through all tokens; for each stack below only the tokens that lead out of
 * the rule are looked at. Thread-safe: what is not known yet is found out with the automaton's
 * lock.
 */
final class Masks {
  private static final int REMEMBERED = 400;

  private final Automaton automaton;
  private final TokenTries tries;
  private final int words;
  private final Map<Local, LocalMask> locals = remember();
  private final Map<Group, Mask> groups = remember();
  private final Map<State, Mask> states = new ConcurrentHashMap<>();

  Masks(Automaton automaton, TokenTries tries) {
    this.automaton = automaton;
    this.tries = tries;
    words = (tries.vocabulary().size() + Long.SIZE - 1) / Long.SIZE;
  }

  private record Local(State state, Reach reach) {}

  /**
   * What a state allows within its rule.
   *
   * @param accepted tokens that do not need what lies below
   * @param exits nodes of the trie, but the root, with longer tokens, where the rule may end
   * @param mostTokens the most tokens that can be needed within the rule after an accepted one
   */
  private record LocalMask(TokenMask accepted, int[] exits, int mostTokens) {}

  /**
   * What may follow.
   *
   * @param tokens allowed ones
   * @param mostTokens the most tokens that can be needed after one of them
   */
  record Mask(TokenMask tokens, int mostTokens) {}

  /** The tokens that may follow in {@code state}. */
  Mask of(State state) {
    var known = states.get(state);
    if (known == null) {
      known = withinLimits(() -> compute(state));
      if (states.size() > REMEMBERED) {
        states.clear();
      }
      states.put(state, known);
    }
    return known;
  }

  private Mask compute(State state) {
    var bits = new long[words];
    int most = 0;
    for (var group : automaton.groups(state)) {
      var mask = of(group);
      mask.tokens.addTo(bits);
      most = Math.max(most, mask.mostTokens);
    }
    addUnwritten(bits);
    addEnds(state, bits);
    most = Math.max(most, addNamed(state, Node.NEVER, bits));
    return new Mask(TokenMask.of(bits), most);
  }

  private <T> T withinLimits(Supplier<T> computation) {
    synchronized (automaton) {
      automaton.effort().limit();
      try {
        return computation.get();
      } finally {
        automaton.effort().removeLimit();
      }
    }
  }

  /** As {@link #of}, but only tokens after which at most {@code tokensLeft} are needed. */
  TokenMask of(State state, int tokensLeft) {
    return withinLimits(() -> compute(state, tokensLeft));
  }

  private TokenMask compute(State state, int tokensLeft) {
    var bits = new long[words];
    for (var reach : Reach.values()) {
      var walk = new Walk(tries.get(reach), reach, tokensLeft, bits);
      walk.from(automaton.groups(state));
    }
    if (state.tokens <= tokensLeft) {
      addUnwritten(bits);
    }
    addEnds(state, bits);
    addNamed(state, tokensLeft, bits);
    return TokenMask.of(bits);
  }

  private void addUnwritten(long[] bits) {
    for (int id : tries.unwritten()) {
      bits[id >> 6] |= 1L << id;
    }
  }

  private void addEnds(State state, long[] bits) {
    if (automaton.atEnd(state)) {
      for (int id : tries.vocabulary().endOfGeneration()) {
        bits[id >> 6] |= 1L << id;
      }
    }
  }

  /**
   * Adds the tokens that may follow as symbols.
   *
   * @return the most tokens that can be needed after one of them
   */
  private int addNamed(State state, int tokensLeft, long[] bits) {
    var named = automaton.named();
    int most = 0;
    for (int i = 0; i < named.symbols(); i++) {
      int symbol = NamedTokens.FIRST_SYMBOL + i;
      var next = automaton.next(state, symbol);
      if (!next.isDead && next.tokens <= tokensLeft) {
        named.addTo(bits, symbol);
        most = Math.max(most, next.tokens);
      }
    }
    return most;
  }

  private Mask of(Group group) {
    var known = groups.get(group);
    if (known == null) {
      var bits = new long[words];
      int most = 0;
      for (var reach : Reach.values()) {
        var local = local(automaton.within(reach, group.top()), reach);
        local.accepted.addTo(bits);
        if (local.accepted.size() > 0) {
          most = Math.max(most, Node.sum(local.mostTokens, group.below().tokens));
        }
        if (local.exits.length > 0) {
          var walk = new Walk(tries.get(reach), reach, Node.NEVER, bits);
          most = Math.max(most, walk.from(local.exits, automaton.popped(group.below())));
        }
      }
      known = new Mask(TokenMask.of(bits), most);
      groups.put(group, known);
    }
    return known;
  }

  private LocalMask local(State state, Reach reach) {
    var key = new Local(state, reach);
    var known = locals.get(key);
    if (known == null) {
      known = walkLocally(tries.get(reach), state);
      locals.put(key, known);
    }
    return known;
  }

  private LocalMask walkLocally(TokenTrie trie, State from) {
    var bits = new long[words];
    var exits = new IntBuffer();
    int most = 0;
    var path = new State[trie.longest + 1];
    path[0] = from;
    int nodes = trie.end[0];
    int node = 1;
    while (node < nodes) {
      int depth = trie.depth[node];
      var before = path[depth - 1];
      boolean settled = before == from || before == path[depth - 2];
      if (settled && stays(trie, node, before)) {
        add(trie, node, trie.end[node], bits);
        most = Math.max(most, before.tokensInLoops);
        if (automaton.atEnd(before)) {
          addParents(trie, node, exits);
        }
        node = trie.end[node];
        continue;
      }
      var state = automaton.next(before, trie.label[node] & 0xFF);
      if (state.isDead) {
        node = trie.end[node];
        continue;
      }
      path[depth] = state;
      if (trie.hasTokens(node, node + 1)) {
        add(trie, node, node + 1, bits);
        most = Math.max(most, state.tokens);
      }
      if (trie.hasChildren(node) && automaton.atEnd(state)) {
        exits.add(node);
      }
      node++;
    }
    return new LocalMask(TokenMask.of(bits), exits.toArray(), most);
  }

  /** Whether a node and all below it are free text, which stays in {@code state}. */
  private boolean stays(TokenTrie trie, int node, State state) {
    return (trie.kinds[node] & ~automaton.loops(state)) == 0;
  }

  /** Adds a node and those below it that have children. */
  private static void addParents(TokenTrie trie, int node, IntBuffer parents) {
    for (int i = node; i < trie.end[node]; i++) {
      if (trie.hasChildren(i)) {
        parents.add(i);
      }
    }
  }

  /**
   * Goes through a trie with all places where a text may be, of which there may be more at the end
   * of a rule.
   */
  private final class Walk {
    private final TokenTrie trie;
    private final Reach reach;
    private final int tokensLeft;
    private final long[] bits;
    private final Places[] path;
    private int most;

    Walk(TokenTrie trie, Reach reach, int tokensLeft, long[] bits) {
      this.trie = trie;
      this.reach = reach;
      this.tokensLeft = tokensLeft;
      this.bits = bits;
      path = new Places[trie.longest + 1];
      Arrays.setAll(path, _ -> new Places());
    }

    /** Adds the tokens that may follow in any of {@code groups}. */
    void from(List<Group> groups) {
      path[0].addAll(groups, reach, automaton);
      through(new int[0], List.of());
    }

    /**
     * Adds the tokens that are longer than the nodes {@code exits}, rising, and may go on there in
     * any of {@code groups}.
     *
     * @return the most tokens that can be needed after one of them
     */
    int from(int[] exits, List<Group> groups) {
      through(exits, groups);
      return most;
    }

    private void through(int[] exits, List<Group> groups) {
      int exit = 0;
      int node = 1;
      while (node < trie.end[0]) {
        int depth = trie.depth[node];
        boolean noExit = exit == exits.length || exits[exit] >= trie.end[node];
        if (noExit && stays(node)) {
          addTokens(node, trie.end[node], tokensInLoops(path[depth - 1]));
          node = trie.end[node];
          continue;
        }
        var here = path[depth];
        here.follow(path[depth - 1], trie.label[node] & 0xFF, automaton);
        automaton.effort().spend(1 + (long) here.size() * path[depth - 1].size());
        if (here.size() > 0 && trie.hasTokens(node, node + 1)) {
          addTokens(node, node + 1, here.tokens());
        }
        if (trie.hasChildren(node)) {
          here.addReturns(reach, automaton);
        }
        if (exit < exits.length && exits[exit] == node) {
          here.addAll(groups, reach, automaton);
          exit++;
        }
        if (here.size() > 0) {
          node++;
        } else if (exit < exits.length && exits[exit] < trie.end[node]) {
          // Nothing goes on until the next exit below.
          node = exits[exit];
          for (int above = depth; above < trie.depth[node]; above++) {
            path[above].clear();
          }
        } else {
          node = trie.end[node];
        }
      }
    }

    /** Whether there is one place, and a node and all below it stay there. */
    private boolean stays(int node) {
      int depth = trie.depth[node];
      var before = path[depth - 1];
      return before.size() == 1
          && (depth == 1 || before.isSame(path[depth - 2]))
          && !automaton.atEnd(before.top(0))
          && Masks.this.stays(trie, node, before.top(0))
          && tokensInLoops(before) <= tokensLeft;
    }

    private static int tokensInLoops(Places one) {
      return Node.sum(one.top(0).tokensInLoops, one.below(0).tokens);
    }

    private void addTokens(int from, int to, int needed) {
      if (needed <= tokensLeft) {
        add(trie, from, to, bits);
        most = Math.max(most, needed);
      }
    }
  }

  /** Adds the tokens of nodes, up to one that is left out. */
  private static void add(TokenTrie trie, int from, int to, long[] bits) {
    for (int i = trie.tokensFrom[from]; i < trie.tokensFrom[to]; i++) {
      int id = trie.tokens[i];
      bits[id >> 6] |= 1L << id;
    }
  }

  private static <K, V> Map<K, V> remember() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > REMEMBERED;
      }
    };
  }

  /** Numbers in a row. */
  private static final class IntBuffer {
    private int[] values = new int[64];
    private int size;

    void add(int value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }

    int[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }
}
