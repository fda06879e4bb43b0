package io.github.bitnet4j.constraint.json;

import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.Grammar;
import java.util.LinkedHashMap;
import java.util.function.Supplier;

/** The rules of a grammar that is being made. */
final class Rules {
  /** Rules of a grammar at most. */
  static final int MAX_RULES = 50_000;

  private final LinkedHashMap<String, Expression> rules = new LinkedHashMap<>();

  /**
   * A reference to the rule called {@code name}, which is made first where there is none. What it
   * is made of may refer to it.
   */
  Expression rule(String name, Supplier<Expression> body) {
    if (!rules.containsKey(name)) {
      reserve(name);
      rules.put(name, body.get());
    }
    return new Expression.Reference(name);
  }

  /**
   * A reference to the rule called {@code name}; where there is none, {@code request} asks for it.
   */
  Expression later(String name, Runnable request) {
    if (!rules.containsKey(name)) {
      reserve(name);
      request.run();
    }
    return new Expression.Reference(name);
  }

  /** Makes {@code body} what the rule called {@code name} describes. */
  void set(String name, Expression body) {
    rules.put(name, body);
  }

  private void reserve(String name) {
    if (rules.size() >= MAX_RULES) {
      throw new JsonSchemaException(
          "", "the schema becomes a grammar of more than %,d rules".formatted(MAX_RULES));
    }
    rules.put(name, Parts.NOTHING);
  }

  /** A name that no rule has yet, {@code wanted} if possible. */
  String freshName(String wanted) {
    String name = wanted;
    for (int i = 2; rules.containsKey(name); i++) {
      name = wanted + " " + i;
    }
    return name;
  }

  /** The grammar of these rules. */
  Grammar grammar(String start) {
    return new Grammar(start, rules);
  }
}
