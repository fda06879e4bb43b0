package io.github.bitnet4j.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pushdown automaton of a grammar, over bytes and the tokens that the grammar names. Its states
 * and the steps between them are computed when they are first needed and remembered, so that a step
 * taken again costs a look into an array, without a lock. Thread-safe.
 */
final class Automaton {
  private static final int REMEMBERED = 20_000;

  /** Where a state has more nodes than this, the grammar is ambiguous beyond use. */
  static final int MOST_NODES = 5_000;

  private final Effort effort = new Effort();
  private final Stacks stacks = new Stacks(effort);
  private final Map<State, State> made = new HashMap<>();
  private final SymbolClasses classes;
  private final NamedTokens named;
  private final State start;
  private final State dead;

  Automaton(Node start, SymbolClasses classes, NamedTokens named) {
    this.classes = classes;
    this.named = named;
    dead = new State(new Node[0], new Stack[0], 0);
    var first = new Items();
    first.add(start, Stack.EMPTY);
    this.start = first.toState();
  }

  static IllegalStateException tooAmbiguous() {
    return new IllegalStateException(
        ("the grammar is too ambiguous: there are more than %,d ways to read a text; put what"
                + " alternatives begin with in front of them")
            .formatted(MOST_NODES));
  }

  /** What is spent on finding out; to be used with the lock on this. */
  Effort effort() {
    return effort;
  }

  /** The tokens that are symbols. */
  NamedTokens named() {
    return named;
  }

  /** Before the first byte. */
  State start() {
    return start;
  }

  /** Where no text goes on. */
  State dead() {
    return dead;
  }

  /** The symbols that may come next, as ranges of first and last; tokens one by one. */
  List<int[]> expected(State state) {
    var ranges = new ArrayList<int[]>();
    for (int value = 0; value < classes.symbols(); value++) {
      if (next(state, value).isDead) {
        continue;
      }
      boolean isByte = value < NamedTokens.FIRST_SYMBOL;
      if (isByte && !ranges.isEmpty() && ranges.getLast()[1] == value - 1) {
        ranges.getLast()[1] = value;
      } else {
        ranges.add(new int[] {value, value});
      }
    }
    return ranges;
  }

  /** The state after one more symbol. */
  State next(State state, int value) {
    if (state.isDead) {
      return dead;
    }
    var known = state.next[classes.of(value)];
    return known != null ? known : firstStep(state, value);
  }

  private synchronized State firstStep(State state, int value) {
    var next = step(closure(state), value);
    state.next[classes.of(value)] = next;
    return next;
  }

  /** The state after more bytes. */
  State next(State state, byte[] bytes) {
    var reached = state;
    for (byte value : bytes) {
      reached = next(reached, value & 0xFF);
    }
    return reached;
  }

  /**
   * The {@link ByteKinds} of which any text leads from {@code state} back to it. Characters beyond
   * ASCII only count where nothing may end within them or before them.
   */
  int loops(State state) {
    return state.loops >= 0 ? state.loops : firstLoops(state);
  }

  private synchronized int firstLoops(State state) {
    int loops = 0;
    for (int kind = 0; kind < ByteKinds.count(); kind++) {
      int value = ByteKinds.first(kind);
      while (value <= ByteKinds.last(kind) && next(state, value) == state) {
        value++;
      }
      loops |= value > ByteKinds.last(kind) ? 1 << kind : 0;
    }
    state.loops = charactersLoop(state) ? loops | ByteKinds.CHARACTER : loops;
    return state.loops;
  }

  private boolean charactersLoop(State state) {
    if (state.isDead || atEnd(state)) {
      return false;
    }
    var reached = new LinkedHashMap<State, Integer>();
    var open = new ArrayDeque<State>();
    reached.put(state, Utf8Place.BETWEEN);
    open.add(state);
    int mostTokens = state.tokens;
    while (!open.isEmpty()) {
      var from = open.remove();
      for (int value = 0x80; value <= 0xFF; value++) {
        int place = Utf8Place.next(reached.get(from), value);
        if (place == Utf8Place.NOWHERE) {
          continue;
        }
        var to = next(from, value);
        if (to.isDead || (place == Utf8Place.BETWEEN) != (to == state) || atEnd(to)) {
          return false;
        }
        var before = reached.putIfAbsent(to, place);
        if (before == null) {
          open.add(to);
          mostTokens = Math.max(mostTokens, to.tokens);
        } else if (before != place) {
          return false;
        }
      }
    }
    state.tokensInLoops = mostTokens;
    return true;
  }

  /** Where a text is that may be in either of two states. */
  synchronized State either(State a, State b) {
    if (a.isDead || b.isDead) {
      return a.isDead ? b : a;
    }
    var items = new Items();
    for (var state : List.of(a, b)) {
      for (int i = 0; i < state.nodes.length; i++) {
        items.put(state.nodes[i], state.stacks[i]);
      }
    }
    return items.toState();
  }

  /** Whether the text may end here, or the rule at the bottom return. */
  boolean atEnd(State state) {
    return closure(state).atEnd();
  }

  /** What may come next. */
  State.Closure closure(State state) {
    var known = state.closure;
    return known != null ? known : firstClosure(state);
  }

  private synchronized State.Closure firstClosure(State state) {
    var closure = new Closing().of(state);
    state.closure = closure;
    return closure;
  }

  /**
   * The state apart: one group for each stack that nodes lie on below the frames of their rule, and
   * those that come up when the rule of one of them ends without a further byte.
   */
  synchronized List<Group> groups(State state) {
    if (state.groups.isEmpty()) {
      state.groups = Optional.of(withReturns(split(state)));
    }
    return state.groups.get();
  }

  /** The groups that a rule returns to, as {@link #groups}. */
  synchronized List<Group> popped(Stack stack) {
    if (stack == Stack.EMPTY) {
      // No byte follows the end of the text; and what is noted there, all automata would share.
      return List.of();
    }
    if (stack.popped.isEmpty()) {
      var items = new Items();
      items.pop(stack);
      stack.popped = Optional.of(withReturns(split(items.toState())));
    }
    return stack.popped.get();
  }

  /** A state that differs from {@code state} for no text of at most so many bytes. */
  synchronized State within(Reach reach, State state) {
    var known = state.within[reach.ordinal()];
    if (known == null) {
      var items = new Items();
      for (int i = 0; i < state.nodes.length; i++) {
        items.add(
            Stacks.within(reach.bytes, state.nodes[i]),
            stacks.within(reach.bytes, state.stacks[i]));
      }
      known = items.toState();
      state.within[reach.ordinal()] = known;
    }
    return known;
  }

  private State step(State.Closure closure, int value) {
    var items = new Items();
    for (int i = 0; i < closure.terminals().length; i++) {
      var then = closure.terminals()[i].next(value);
      if (then != Node.NOTHING) {
        items.add(then, closure.stacks()[i]);
      }
    }
    return items.toState();
  }

  private List<Group> withReturns(List<Group> groups) {
    var all = new LinkedHashSet<>(groups);
    var open = new ArrayDeque<>(groups);
    while (!open.isEmpty()) {
      var group = open.remove();
      if (group.below() != Stack.EMPTY && atEnd(group.top())) {
        var items = new Items();
        items.pop(group.below());
        for (var returned : split(items.toState())) {
          if (all.add(returned)) {
            open.add(returned);
          }
        }
      }
    }
    return List.copyOf(all);
  }

  private List<Group> split(State state) {
    var byStack = new IdentityHashMap<Stack, Items>();
    var order = new ArrayList<Stack>();
    for (int i = 0; i < state.nodes.length; i++) {
      var node = state.nodes[i];
      stacks
          .cut(state.stacks[i])
          .forEach(
              (below, above) ->
                  byStack
                      .computeIfAbsent(
                          below,
                          _ -> {
                            order.add(below);
                            return new Items();
                          })
                      .add(node, above));
    }
    return order.stream().map(below -> new Group(byStack.get(below).toState(), below)).toList();
  }

  private State remembered(State state) {
    if (made.size() > REMEMBERED) {
      made.clear();
    }
    var before = made.putIfAbsent(state, state);
    return before == null ? state : before;
  }

  /** Nodes with their stacks, in the making. */
  private class Items {
    final Map<Node, Stack> stackOf = new HashMap<>();

    /** What need not be added, as this contains it. */
    private final Map<Node.Family, Node.Repeat> largest = new HashMap<>();

    /**
     * Adds a node on a stack. Of parts that follow each other it adds the first, of a call the body
     * of the rule, and where the node is empty, what comes after it, so that states are equal
     * however they were reached.
     */
    void add(Node node, Stack stack) {
      var first = node;
      var below = stack;
      while (true) {
        switch (first) {
          case Node.Concat concat -> {
            below = stacks.push(concat.rest, below);
            first = concat.first;
          }
          case Node.Call call -> {
            below = stacks.pushReturn(below);
            first = call.body;
          }
          default -> {
            if (first == Node.EMPTY) {
              pop(below);
            } else {
              put(first, below);
            }
            return;
          }
        }
      }
    }

    /** Adds the top frames of a stack. */
    void pop(Stack stack) {
      for (int i = 0; i < stack.frames.length; i++) {
        var frame = stack.frames[i];
        if (frame == Node.BOTTOM) {
          put(Node.EMPTY, Stack.EMPTY);
        } else if (frame == Node.RETURN) {
          pop(stack.parents[i]);
        } else {
          add(frame, stack.parents[i]);
        }
      }
    }

    /** Adds a node as it is; returns whether that changed anything. */
    boolean put(Node node, Stack stack) {
      effort.spend(Effort.NODE);
      if (node instanceof Node.Repeat repeat) {
        var before = largest.get(repeat.on(stack));
        if (before != null && before.contains(repeat)) {
          return false;
        }
        largest.put(repeat.on(stack), repeat);
      }
      var before = stackOf.get(node);
      var after = before == null ? stack : stacks.merge(before, stack);
      if (after == before) {
        return false;
      }
      stackOf.put(node, after);
      if (stackOf.size() > MOST_NODES) {
        throw tooAmbiguous();
      }
      return true;
    }

    State toState() {
      if (stackOf.isEmpty()) {
        return dead;
      }
      Stacks.removeContained(stackOf);
      var nodes = stackOf.keySet().toArray(Node[]::new);
      Arrays.sort(nodes, Comparator.comparingInt(node -> node.id));
      var below = Arrays.stream(nodes).map(stackOf::get).toArray(Stack[]::new);
      return remembered(new State(nodes, below, classes.count()));
    }
  }

  /** Opens nodes until single symbols are next. */
  private final class Closing extends Items {
    private final ArrayDeque<Node> openNodes = new ArrayDeque<>();
    private final ArrayDeque<Stack> openStacks = new ArrayDeque<>();

    State.Closure of(State state) {
      for (int i = 0; i < state.nodes.length; i++) {
        put(state.nodes[i], state.stacks[i]);
      }
      while (!openNodes.isEmpty()) {
        open(openNodes.remove(), openStacks.remove());
      }
      var terminals =
          stackOf.keySet().stream()
              .filter(Node.Terminal.class::isInstance)
              .map(Node.Terminal.class::cast)
              .sorted(Comparator.comparingInt(node -> node.id))
              .toArray(Node.Terminal[]::new);
      var below = Arrays.stream(terminals).map(stackOf::get).toArray(Stack[]::new);
      return new State.Closure(terminals, below, stackOf.containsKey(Node.EMPTY));
    }

    @Override
    boolean put(Node node, Stack stack) {
      boolean changed = super.put(node, stack);
      if (changed && !(node instanceof Node.Terminal) && node != Node.EMPTY) {
        openNodes.add(node);
        openStacks.add(stack);
      }
      return changed;
    }

    private void open(Node node, Stack stack) {
      switch (node) {
        case Node.Either either -> {
          for (var alternative : either.alternatives) {
            add(alternative, stack);
          }
        }
        case Node.Repeat repeat -> {
          if (repeat.min == 0) {
            pop(stack);
          }
          add(repeat.part(), stacks.push(repeat.less(), stack));
        }
        default -> throw new AssertionError(node);
      }
    }
  }
}
