package io.github.bitnet4j.text.jinja;

import java.util.List;
import java.util.Map;

/** An expression. */
sealed interface Expr {
  Position at();

  record Constant(Object value, Position at) implements Expr {}

  record Name(String name, Position at) implements Expr {}

  record ListOf(List<Expr> items, Position at) implements Expr {}

  record DictOf(List<Expr> keys, List<Expr> values, Position at) implements Expr {}

  /** {@code of.name}: a method comes before a key of that name. */
  record Attribute(Expr of, String name, Position at) implements Expr {}

  /** {@code of[index]}: a key comes before a method of that name. */
  record Item(Expr of, Expr index, Position at) implements Expr {}

  /** {@code of[start:stop:step]}; what is left out is null. */
  record Slice(Expr of, Expr start, Expr stop, Expr step, Position at) implements Expr {}

  record Call(Expr function, Arguments arguments, Position at) implements Expr {}

  record Filter(Expr of, String name, Arguments arguments, Position at) implements Expr {}

  record Test(Expr of, String name, Arguments arguments, boolean negated, Position at)
      implements Expr {}

  record Unary(String operator, Expr of, Position at) implements Expr {}

  record Binary(String operator, Expr left, Expr right, Position at) implements Expr {}

  /** {@code then if condition else otherwise}; no else is null. */
  record Conditional(Expr condition, Expr then, Expr otherwise, Position at) implements Expr {}

  /** {@code *of} among the arguments of a call: as many arguments as it has items. */
  record Spread(Expr of, Position at) implements Expr {}

  /** What stands between the parentheses of a call. */
  record Arguments(List<Expr> positional, Map<String, Expr> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());
  }
}
