package io.github.bitnet4j.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Evaluates expressions. */
final class Evaluator {
  private final Budget budget;
  private final Values values;
  private final Operators operators;
  private final Tests tests;
  private final Filters filters;
  private final Methods methods;

  Evaluator(Budget budget) {
    this.budget = budget;
    values = new Values(budget);
    operators = new Operators(budget, values);
    tests = new Tests(values);
    filters = new Filters(budget, values, operators, tests);
    methods = new Methods(budget, values);
  }

  Values values() {
    return values;
  }

  Object evaluate(Expr expression, Scope scope) {
    try {
      budget.enter();
      Object value = compute(expression, scope);
      budget.leave();
      return value;
    } catch (Fault e) {
      throw new JinjaException(expression.at(), e.getMessage());
    }
  }

  private Object compute(Expr expression, Scope scope) {
    return switch (expression) {
      case Expr.Constant constant -> constant.value();
      case Expr.Name name -> scope.get(name.name());
      case Expr.ListOf list -> all(list.items(), scope);
      case Expr.DictOf dict -> dict(dict, scope);
      case Expr.Attribute attribute -> attribute(evaluate(attribute.of(), scope), attribute.name());
      case Expr.Item item -> item(evaluate(item.of(), scope), evaluate(item.index(), scope));
      case Expr.Slice slice ->
          operators.slice(
              evaluate(slice.of(), scope),
              bound(slice.start(), scope),
              bound(slice.stop(), scope),
              bound(slice.step(), scope));
      case Expr.Call call -> call(call, scope);
      case Expr.Filter filter ->
          filters.apply(
              filter.name(),
              evaluate(filter.of(), scope),
              arguments(filter.name(), filter.arguments(), scope));
      case Expr.Test test ->
          test.negated()
              ^ tests.apply(
                  test.name(),
                  evaluate(test.of(), scope),
                  arguments(test.name(), test.arguments(), scope));
      case Expr.Unary unary ->
          unary.operator().equals("not")
              ? (Object) !Values.isTrue(evaluate(unary.of(), scope))
              : operators.unary(unary.operator(), evaluate(unary.of(), scope));
      case Expr.Binary binary -> binary(binary, scope);
      case Expr.Conditional choice ->
          Values.isTrue(evaluate(choice.condition(), scope))
              ? evaluate(choice.then(), scope)
              : choice.otherwise() == null
                  ? new Undefined("the else of the condition")
                  : evaluate(choice.otherwise(), scope);
      case Expr.Spread spread -> throw new Fault("'*' stands outside the arguments of a call");
    };
  }

  private Object binary(Expr.Binary binary, Scope scope) {
    Object left = evaluate(binary.left(), scope);
    return switch (binary.operator()) {
      case "and" -> Values.isTrue(left) ? evaluate(binary.right(), scope) : left;
      case "or" -> Values.isTrue(left) ? left : evaluate(binary.right(), scope);
      default -> operators.binary(binary.operator(), left, evaluate(binary.right(), scope));
    };
  }

  private Object bound(Expr expression, Scope scope) {
    return expression == null ? None.NONE : evaluate(expression, scope);
  }

  private List<Object> all(List<Expr> expressions, Scope scope) {
    var all = new ArrayList<Object>();
    for (var expression : expressions) {
      if (expression instanceof Expr.Spread(var of, var at)) {
        all.addAll(values.items(evaluate(of, scope)));
        budget.spend(all.size());
      } else {
        all.add(evaluate(expression, scope));
      }
    }
    return all;
  }

  private Map<Object, Object> dict(Expr.DictOf dict, Scope scope) {
    var map = new LinkedHashMap<Object, Object>();
    for (int i = 0; i < dict.keys().size(); i++) {
      Object key = evaluate(dict.keys().get(i), scope);
      if (!(key instanceof Str || Values.isNumber(key) || key instanceof None)) {
        throw new Fault("%s cannot be a key", Values.kind(key));
      }
      map.put(key, evaluate(dict.values().get(i), scope));
    }
    return map;
  }

  private Object attribute(Object of, String name) {
    Optional<Function> method = methods.find(of, name);
    return method.isPresent() ? method.get() : operators.item(of, Str.literal(name));
  }

  private Object item(Object of, Object key) {
    Object value = operators.item(of, key);
    return value instanceof Undefined && key instanceof Str name
        ? methods.find(of, name.text()).map(Object.class::cast).orElse(value)
        : value;
  }

  private Args arguments(String callee, Expr.Arguments arguments, Scope scope) {
    var named = new LinkedHashMap<String, Object>();
    var positional = all(arguments.positional(), scope);
    arguments.named().forEach((name, value) -> named.put(name, evaluate(value, scope)));
    return new Args(callee, positional, named);
  }

  private Object call(Expr.Call call, Scope scope) {
    return call(call, Map.of(), scope);
  }

  /** The result of a call with {@code more} named arguments than it shows. */
  Object call(Expr.Call call, Map<String, Object> more, Scope scope) {
    Object function = evaluate(call.function(), scope);
    var callee =
        switch (call.function()) {
          case Expr.Name name -> name.name();
          case Expr.Attribute attribute -> attribute.name();
          default -> "the function";
        };
    return switch (function) {
      case Function f -> {
        var arguments = arguments(callee, call.arguments(), scope);
        arguments.named().putAll(more);
        yield f.call(arguments);
      }
      case Undefined u -> throw new Fault("%s is undefined and cannot be called", u.what());
      default -> throw new Fault("%s is %s and cannot be called", callee, Values.kind(function));
    };
  }
}
