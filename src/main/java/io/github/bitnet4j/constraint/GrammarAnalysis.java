package io.github.bitnet4j.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What can be said of a grammar's rules before it is compiled. */
final class GrammarAnalysis {
  /** Code points of a set from which on it counts as free text. */
  private static final int MANY_CODE_POINTS = 128;

  /** Rules of a cycle that an error lists. */
  private static final int MOST_NAMES = 8;

  private final Grammar grammar;
  private final List<String> calleesFirst = new ArrayList<>();
  private final Set<String> nullable = new HashSet<>();
  private final Set<String> productive = new HashSet<>();
  private final Set<String> recursive = new HashSet<>();
  private final Set<String> deep = new HashSet<>();
  private final Set<String> freeText = new HashSet<>();
  private final Set<String> freeTextIfRepeated = new HashSet<>();
  private final Map<String, Integer> uses = new HashMap<>();
  private final Set<Expression.Token> tokens = new LinkedHashSet<>();

  /**
   * Looks through the rules that the start rule needs.
   *
   * @throws IllegalArgumentException if a rule begins with itself, or no text is allowed
   */
  GrammarAnalysis(Grammar grammar) {
    this.grammar = grammar;
    var references = new HashMap<String, Set<String>>();
    for (var rule : grammar.rules().entrySet()) {
      references.put(rule.getKey(), referencesIn(rule.getValue()));
    }
    order(references);
    var users = users(references);
    grow(nullable, this::isNullable, users);
    grow(productive, this::isProductive, users);
    if (!productive.contains(grammar.start())) {
      throw new IllegalArgumentException(
          "no text is allowed: rule \"%s\" never comes to an end".formatted(grammar.start()));
    }
    checkLeftRecursion();
    findRecursive(references);
    findDeep();
    for (var rule : calleesFirst) {
      if (isFreeText(grammar.rules().get(rule), false)) {
        freeText.add(rule);
      }
      if (isFreeText(grammar.rules().get(rule), true)) {
        freeTextIfRepeated.add(rule);
      }
    }
  }

  /** The rules that are needed, called ones before their callers as far as that goes. */
  List<String> calleesFirst() {
    return calleesFirst;
  }

  /** The tokens that rules name. */
  Set<Expression.Token> tokens() {
    return tokens;
  }

  /** Whether some text is described by the rule. */
  boolean isProductive(String rule) {
    return productive.contains(rule);
  }

  /**
   * Whether what the rule allows is found out once for all its callers: it can be within itself, it
   * is free text and used in several places, or rules would be nested too deep.
   */
  boolean isCalled(String rule) {
    return recursive.contains(rule)
        || deep.contains(rule)
        || freeText.contains(rule) && uses.getOrDefault(rule, 0) > 1;
  }

  private Set<String> referencesIn(Expression expression) {
    var found = new LinkedHashSet<String>();
    collect(expression, found);
    return found;
  }

  private void collect(Expression expression, Set<String> found) {
    switch (expression) {
      case Expression.Literal _, Expression.OneOf _ -> {}
      case Expression.Token token -> tokens.add(token);
      case Expression.Sequence sequence -> sequence.parts().forEach(part -> collect(part, found));
      case Expression.Choice choice -> choice.alternatives().forEach(part -> collect(part, found));
      case Expression.Repeat repeat -> collect(repeat.part(), found);
      case Expression.Reference reference -> {
        found.add(reference.rule());
        uses.merge(reference.rule(), 1, Integer::sum);
      }
    }
  }

  /** Depth first, without recursion: chains of rules may be long. */
  private void order(Map<String, Set<String>> references) {
    record Visit(String rule, Deque<String> left) {}
    var seen = new HashSet<String>();
    var open = new ArrayDeque<Visit>();
    seen.add(grammar.start());
    open.push(new Visit(grammar.start(), new ArrayDeque<>(references.get(grammar.start()))));
    while (!open.isEmpty()) {
      var visit = open.peek();
      if (visit.left.isEmpty()) {
        calleesFirst.add(open.pop().rule);
      } else {
        var rule = visit.left.poll();
        if (seen.add(rule)) {
          open.push(new Visit(rule, new ArrayDeque<>(references.get(rule))));
        }
      }
    }
  }

  private interface Test {
    boolean holds(Expression expression);
  }

  /** Which rules refer to a rule. */
  private Map<String, List<String>> users(Map<String, Set<String>> references) {
    var users = new HashMap<String, List<String>>();
    for (var rule : calleesFirst) {
      for (var callee : references.get(rule)) {
        users.computeIfAbsent(callee, _ -> new ArrayList<>()).add(rule);
      }
    }
    return users;
  }

  /** Adds rules for which the test holds, which may depend on those added before. */
  private void grow(Set<String> rules, Test test, Map<String, List<String>> users) {
    var open = new ArrayDeque<>(calleesFirst);
    while (!open.isEmpty()) {
      var rule = open.remove();
      if (!rules.contains(rule) && test.holds(grammar.rules().get(rule))) {
        rules.add(rule);
        open.addAll(users.getOrDefault(rule, List.of()));
      }
    }
  }

  private boolean isNullable(Expression expression) {
    return switch (expression) {
      case Expression.Literal literal -> literal.text().isEmpty();
      case Expression.OneOf _, Expression.Token _ -> false;
      case Expression.Sequence sequence -> sequence.parts().stream().allMatch(this::isNullable);
      case Expression.Choice choice -> choice.alternatives().stream().anyMatch(this::isNullable);
      case Expression.Repeat repeat -> repeat.min() == 0 || isNullable(repeat.part());
      case Expression.Reference reference -> nullable.contains(reference.rule());
    };
  }

  private boolean isProductive(Expression expression) {
    return switch (expression) {
      case Expression.Literal _, Expression.Token _ -> true;
      case Expression.OneOf oneOf -> !oneOf.codePoints().ranges().isEmpty();
      case Expression.Sequence sequence -> sequence.parts().stream().allMatch(this::isProductive);
      case Expression.Choice choice -> choice.alternatives().stream().anyMatch(this::isProductive);
      case Expression.Repeat repeat -> repeat.min() == 0 || isProductive(repeat.part());
      case Expression.Reference reference -> productive.contains(reference.rule());
    };
  }

  private void checkLeftRecursion() {
    var left = new LinkedHashMap<String, Set<String>>();
    for (var rule : calleesFirst.reversed()) {
      var found = new LinkedHashSet<String>();
      collectLeft(grammar.rules().get(rule), found);
      left.put(rule, found);
    }
    for (var cycle : cycles(left)) {
      var names = new ArrayList<>(cycle);
      if (names.size() > MOST_NAMES) {
        names.subList(MOST_NAMES / 2, names.size() - MOST_NAMES / 2).clear();
        names.add(MOST_NAMES / 2, "…");
      }
      names.add(cycle.getFirst());
      throw new IllegalArgumentException(
          "rule \"%s\" begins with itself (%s); write what repeats as a repetition, x* or x+"
              .formatted(cycle.getFirst(), String.join(" → ", names)));
    }
  }

  /** Adds the rules that a text of {@code expression} may begin with. */
  private void collectLeft(Expression expression, Set<String> found) {
    switch (expression) {
      case Expression.Literal _, Expression.OneOf _, Expression.Token _ -> {}
      case Expression.Sequence sequence -> {
        for (var part : sequence.parts()) {
          collectLeft(part, found);
          if (!isNullable(part)) {
            break;
          }
        }
      }
      case Expression.Choice choice ->
          choice.alternatives().forEach(part -> collectLeft(part, found));
      case Expression.Repeat repeat -> {
        if (repeat.max() != 0) {
          collectLeft(repeat.part(), found);
        }
      }
      case Expression.Reference reference -> found.add(reference.rule());
    }
  }

  /** One cycle if there is any. */
  private static List<List<String>> cycles(Map<String, Set<String>> edges) {
    record Visit(String rule, Deque<String> left) {}
    var done = new HashSet<String>();
    for (var first : edges.keySet()) {
      if (done.contains(first)) {
        continue;
      }
      var path = new LinkedHashSet<String>();
      var open = new ArrayDeque<Visit>();
      open.push(new Visit(first, new ArrayDeque<>(edges.get(first))));
      path.add(first);
      while (!open.isEmpty()) {
        var visit = open.peek();
        if (visit.left.isEmpty()) {
          open.pop();
          path.remove(visit.rule);
          done.add(visit.rule);
          continue;
        }
        var next = visit.left.poll();
        if (path.contains(next)) {
          var cycle = new ArrayList<>(path);
          return List.of(cycle.subList(cycle.indexOf(next), cycle.size()));
        }
        if (!done.contains(next)) {
          path.add(next);
          open.push(new Visit(next, new ArrayDeque<>(edges.get(next))));
        }
      }
    }
    return List.of();
  }

  /** Rules that are called from within a cycle count: those before which they are still open. */
  private void findRecursive(Map<String, Set<String>> references) {
    var position = new HashMap<String, Integer>();
    for (int i = 0; i < calleesFirst.size(); i++) {
      position.put(calleesFirst.get(i), i);
    }
    // Every cycle has a rule that refers to one that is not ordered before it.
    for (var rule : calleesFirst) {
      for (var callee : references.get(rule)) {
        if (position.get(callee) >= position.get(rule)) {
          recursive.add(callee);
        }
      }
    }
  }

  /** Finds rules to be called so that no expression with all rules put in is nested too deep. */
  private void findDeep() {
    var depths = new HashMap<String, Integer>();
    for (var rule : calleesFirst) {
      int depth = depth(grammar.rules().get(rule), depths);
      if (depth > Grammar.DEEPEST) {
        deep.add(rule);
      }
      depths.put(rule, deep.contains(rule) || recursive.contains(rule) ? 0 : depth);
    }
  }

  private static int depth(Expression expression, Map<String, Integer> depths) {
    return switch (expression) {
      case Expression.Literal _, Expression.OneOf _, Expression.Token _ -> 0;
      case Expression.Sequence sequence -> 1 + deepest(sequence.parts(), depths);
      case Expression.Choice choice -> 1 + deepest(choice.alternatives(), depths);
      case Expression.Repeat repeat -> 1 + depth(repeat.part(), depths);
      case Expression.Reference reference -> depths.getOrDefault(reference.rule(), 0);
    };
  }

  private static int deepest(List<Expression> parts, Map<String, Integer> depths) {
    return parts.stream().mapToInt(part -> depth(part, depths)).max().orElse(0);
  }

  private boolean isFreeText(Expression expression, boolean repeated) {
    return switch (expression) {
      case Expression.Literal _, Expression.Token _ -> false;
      case Expression.OneOf oneOf -> repeated && size(oneOf.codePoints()) >= MANY_CODE_POINTS;
      case Expression.Sequence sequence ->
          sequence.parts().stream().anyMatch(part -> isFreeText(part, repeated));
      case Expression.Choice choice ->
          choice.alternatives().stream().anyMatch(part -> isFreeText(part, repeated));
      case Expression.Repeat repeat -> isFreeText(repeat.part(), repeated || repeat.max() != 1);
      case Expression.Reference reference ->
          !isCalled(reference.rule())
              && (repeated ? freeTextIfRepeated : freeText).contains(reference.rule());
    };
  }

  private static int size(CodePointSet set) {
    return set.ranges().stream().mapToInt(range -> range.last() - range.first() + 1).sum();
  }
}
