package io.github.bitnet4j.constraint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A context-free grammar: which texts are allowed. Immutable.
 *
 * @param start the rule that describes a whole text
 * @param rules expressions by name, in the order they were written
 */
public record Grammar(String start, SequencedMap<String, Expression> rules) {
  /** How deep expressions may be nested within a rule. */
  static final int DEEPEST = 1000;

  /**
   * @throws IllegalArgumentException if a rule that is referred to, or {@code start}, is missing,
   *     or an expression is nested more than 1,000 deep
   */
  public Grammar {
    rules = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(rules));
    if (!rules.containsKey(start)) {
      throw new IllegalArgumentException("the grammar has no rule \"%s\"".formatted(start));
    }
    for (Map.Entry<String, Expression> rule : rules.entrySet()) {
      check(rule.getKey(), rule.getValue(), rules, 0);
    }
  }

  private static void check(
      String rule, Expression expression, Map<String, Expression> rules, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException(
          "rule \"%s\" is nested more than %d deep".formatted(rule, DEEPEST));
    }
    switch (expression) {
      case Expression.Literal _, Expression.OneOf _, Expression.Token _ -> {}
      case Expression.Sequence sequence ->
          sequence.parts().forEach(part -> check(rule, part, rules, depth + 1));
      case Expression.Choice choice ->
          choice.alternatives().forEach(part -> check(rule, part, rules, depth + 1));
      case Expression.Repeat repeat -> check(rule, repeat.part(), rules, depth + 1);
      case Expression.Reference reference -> {
        if (!rules.containsKey(reference.rule())) {
          throw new IllegalArgumentException(
              "rule \"%s\" refers to \"%s\", which does not exist"
                  .formatted(rule, reference.rule()));
        }
      }
    }
  }
}
