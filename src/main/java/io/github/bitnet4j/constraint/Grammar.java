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
  /**
   * @throws IllegalArgumentException if a rule that is referred to, or {@code start}, is missing
   */
  public Grammar {
    rules = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(rules));
    if (!rules.containsKey(start)) {
      throw new IllegalArgumentException("the grammar has no rule \"%s\"".formatted(start));
    }
    for (Map.Entry<String, Expression> rule : rules.entrySet()) {
      checkReferences(rule.getKey(), rule.getValue(), rules);
    }
  }

  private static void checkReferences(
      String rule, Expression expression, Map<String, Expression> rules) {
    switch (expression) {
      case Expression.Literal _, Expression.OneOf _ -> {}
      case Expression.Sequence sequence ->
          sequence.parts().forEach(part -> checkReferences(rule, part, rules));
      case Expression.Choice choice ->
          choice.alternatives().forEach(part -> checkReferences(rule, part, rules));
      case Expression.Repeat repeat -> checkReferences(rule, repeat.part(), rules);
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
