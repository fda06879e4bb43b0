package io.github.bitnet4j.constraint;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which tokens may follow in the states of an automaton. What a state allows within its own rule is
 * found out once by going through all tokens; for each stack below only the tokens that lead out of
 * the rule are looked at. For one thread at a time.
 */
final class Masks {
  private static final int REMEMBERED = 400;

  private final Automaton automaton;
  private final TokenTries tries;
  private final int words;
  private final Map<Local, LocalMask> locals = remember();
  private final Map<Group, Mask> groups = remember();
  private final Map<State, Mask> states = remember();
  private State[] path = new State[64];

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
      known = new Mask(TokenMask.of(bits), most);
      states.put(state, known);
    }
    return known;
  }

  /** As {@link #of}, but only tokens after which at most {@code tokensLeft} are needed. */
  TokenMask of(State state, int tokensLeft) {
    var bits = new long[words];
    for (var group : automaton.groups(state)) {
      for (var reach : Reach.values()) {
        walk(tries.get(reach), reach, 0, group, 0, tokensLeft, bits);
      }
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
          var trie = tries.get(reach);
          for (var returned : automaton.popped(group.below())) {
            for (int exit : local.exits) {
              most = Math.max(most, walk(trie, reach, exit, returned, 0, Node.NEVER, bits));
            }
          }
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
    reserve(trie.longest + 1);
    path[0] = from;
    int nodes = trie.end[0];
    int node = 1;
    while (node < nodes) {
      int depth = trie.depth[node];
      var state = automaton.next(path[depth - 1], trie.label[node] & 0xFF);
      if (state.isDead) {
        node = trie.end[node];
        continue;
      }
      path[depth] = state;
      if (trie.hasTokens(node)) {
        add(trie, node, bits);
        most = Math.max(most, state.tokens);
      }
      if (trie.hasChildren(node) && automaton.atEnd(state)) {
        exits.add(node);
      }
      node++;
    }
    return new LocalMask(TokenMask.of(bits), exits.toArray(), most);
  }

  /**
   * Adds the tokens below a node of the trie that may follow in a group, and in those it returns to
   * after some bytes.
   *
   * @param offset where the path may be written
   * @return the most tokens that can be needed after one of them
   */
  private int walk(
      TokenTrie trie, Reach reach, int root, Group group, int offset, int tokensLeft, long[] bits) {
    int most = 0;
    int below = group.below().tokens;
    int rootDepth = trie.depth[root];
    reserve(offset + trie.longest - rootDepth + 1);
    path[offset] = automaton.within(reach, group.top());
    int node = root + 1;
    while (node < trie.end[root]) {
      int at = offset + trie.depth[node] - rootDepth;
      var state = automaton.next(path[at - 1], trie.label[node] & 0xFF);
      if (state.isDead) {
        node = trie.end[node];
        continue;
      }
      path[at] = state;
      if (trie.hasTokens(node)) {
        int needed = Node.sum(state.tokens, below);
        if (needed <= tokensLeft) {
          add(trie, node, bits);
          most = Math.max(most, needed);
        }
      }
      if (trie.hasChildren(node) && automaton.atEnd(state)) {
        for (var returned : automaton.popped(group.below())) {
          most = Math.max(most, walk(trie, reach, node, returned, at + 1, tokensLeft, bits));
        }
      }
      node++;
    }
    return most;
  }

  private static void add(TokenTrie trie, int node, long[] bits) {
    for (int i = trie.tokensFrom[node]; i < trie.tokensFrom[node + 1]; i++) {
      int id = trie.tokens[i];
      bits[id >> 6] |= 1L << id;
    }
  }

  private void reserve(int length) {
    if (path.length < length) {
      path = java.util.Arrays.copyOf(path, Math.max(length, 2 * path.length));
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
        values = java.util.Arrays.copyOf(values, 2 * size);
      }
      values[size++] = value;
    }

    int[] toArray() {
      return java.util.Arrays.copyOf(values, size);
    }
  }
}
