package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.Grammar;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Takes from a grammar what no finite text can have, and what leads nowhere. */
final class Finite {
  private final Map<String, Expression> rules;

  /** Rules that describe a text. */
  private final Set<String> productive = new HashSet<>();

  private Finite(Map<String, Expression> rules) {
    this.rules = rules;
  }

  /**
   * The grammar of the same texts, in which every rule has one.
   *
   * @throws JsonSchemaException if there is no text
   */
  static Grammar rules(Grammar grammar) {
    var finite = new Finite(grammar.rules());
    finite.findProductive();
    if (!finite.productive.contains(grammar.start())) {
      throw new JsonSchemaException(grammar.start(), "no value obeys the schema");
    }
    var kept = new LinkedHashMap<String, Expression>();
    grammar
        .rules()
        .forEach(
            (name, body) -> {
              if (finite.productive.contains(name)) {
                kept.put(name, finite.prune(body));
              }
            });
    checkCycles(kept);
    return new Grammar(grammar.start(), kept);
  }

  /** Marks rules, and again those that refer to a rule that was marked. */
  private void findProductive() {
    var users = new HashMap<String, Set<String>>();
    rules.forEach(
        (name, body) ->
            references(body)
                .forEach(r -> users.computeIfAbsent(r, _ -> new HashSet<>()).add(name)));
    var queue = new ArrayDeque<>(rules.keySet());
    while (!queue.isEmpty()) {
      String name = queue.remove();
      if (!productive.contains(name) && hasText(rules.get(name))) {
        productive.add(name);
        queue.addAll(users.getOrDefault(name, Set.of()));
      }
    }
  }

  private boolean hasText(Expression expression) {
    return switch (expression) {
      case Expression.Literal _, Expression.Token _ -> true;
      case Expression.OneOf(var set) -> !set.ranges().isEmpty();
      case Expression.Sequence(var parts) -> parts.stream().allMatch(this::hasText);
      case Expression.Choice(var alternatives) -> alternatives.stream().anyMatch(this::hasText);
      case Expression.Repeat(var part, int min, _) -> min == 0 || hasText(part);
      case Expression.Reference(var rule) -> productive.contains(rule);
    };
  }

  private Expression prune(Expression expression) {
    return switch (expression) {
      case Expression.Literal _, Expression.OneOf _, Expression.Token _, Expression.Reference _ ->
          hasText(expression) ? expression : Parts.NOTHING;
      case Expression.Sequence(var parts) ->
          Parts.sequence(parts.stream().map(this::prune).toList());
      case Expression.Choice(var alternatives) ->
          Parts.choice(alternatives.stream().map(this::prune).toList());
      case Expression.Repeat(var part, int min, int max) -> Parts.repeat(prune(part), min, max);
    };
  }

  private static List<String> references(Expression expression) {
    var names = new ArrayList<String>();
    collect(expression, names);
    return names;
  }

  private static void collect(Expression expression, List<String> names) {
    switch (expression) {
      case Expression.Literal _, Expression.OneOf _, Expression.Token _ -> {}
      case Expression.Sequence(var parts) -> parts.forEach(p -> collect(p, names));
      case Expression.Choice(var alternatives) -> alternatives.forEach(a -> collect(a, names));
      case Expression.Repeat repeat -> collect(repeat.part(), names);
      case Expression.Reference(var rule) -> names.add(rule);
    }
  }

  /** Refuses rules that are a choice of themselves, directly or through others. */
  private static void checkCycles(Map<String, Expression> rules) {
    var users = new HashMap<String, List<String>>();
    var waiting = new HashMap<String, Integer>();
    rules.forEach(
        (name, body) -> {
          var choices = choices(body);
          waiting.put(name, choices.size());
          choices.forEach(c -> users.computeIfAbsent(c, _ -> new ArrayList<>()).add(name));
        });
    var done = new ArrayDeque<String>();
    waiting.forEach(
        (name, count) -> {
          if (count == 0) {
            done.add(name);
          }
        });
    while (!done.isEmpty()) {
      for (String user : users.getOrDefault(done.remove(), List.of())) {
        if (waiting.merge(user, -1, Integer::sum) == 0) {
          done.add(user);
        }
      }
    }
    for (String name : rules.keySet()) {
      if (waiting.get(name) > 0) {
        throw new JsonSchemaException(name, "refers to itself without anything in between");
      }
    }
  }

  /** The rules that {@code body} is a plain choice of. */
  private static List<String> choices(Expression body) {
    var alternatives = body instanceof Expression.Choice(var several) ? several : List.of(body);
    return alternatives.stream()
        .filter(Expression.Reference.class::isInstance)
        .map(a -> ((Expression.Reference) a).rule())
        .toList();
  }
}
