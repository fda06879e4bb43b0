package io.github.bitnet4j.text.jinja;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Carries out one template once. */
final class Interpreter {
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  private static final String CALLER = "caller";

  private final Budget budget;
  private final Evaluator evaluator;
  private Str.Builder out = new Str.Builder();

  Interpreter(Limits limits) {
    budget = new Budget(limits);
    evaluator = new Evaluator(budget);
  }

  Str run(List<Stmt> template, Map<String, Object> variables, LocalDateTime now) {
    var globals = new Scope(null);
    Globals.define(globals, budget, evaluator.values(), now);
    var scope = new Scope(globals);
    variables.forEach(scope::set);
    run(template, scope);
    return out.build();
  }

  private Flow run(List<Stmt> statements, Scope scope) {
    for (var statement : statements) {
      Flow flow;
      try {
        budget.enter();
        flow = run(statement, scope);
        budget.leave();
      } catch (Fault e) {
        throw new JinjaException(statement.at(), e.getMessage());
      }
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  private Flow run(Stmt statement, Scope scope) {
    switch (statement) {
      case Stmt.Data data -> write(data.text());
      case Stmt.Output output -> write(evaluator.values().toStr(evaluate(output.value(), scope)));
      case Stmt.If choice -> {
        for (var branch : choice.branches()) {
          if (Values.isTrue(evaluate(branch.condition(), scope))) {
            return run(branch.body(), scope);
          }
        }
        return run(choice.otherwise(), scope);
      }
      case Stmt.For loop -> {
        return loop(loop, scope);
      }
      case Stmt.Break b -> {
        return Flow.BREAK;
      }
      case Stmt.Continue c -> {
        return Flow.CONTINUE;
      }
      case Stmt.Set set -> assign(set.targets(), evaluate(set.value(), scope), scope);
      case Stmt.SetAttribute set -> {
        if (!(scope.get(set.namespace()) instanceof Namespace namespace)) {
          throw new Fault(
              "'%s' is %s; only a namespace's attributes can be set",
              set.namespace(), Values.kind(scope.get(set.namespace())));
        }
        namespace.values.put(set.name(), evaluate(set.value(), scope));
      }
      case Stmt.SetBlock set -> scope.set(set.name(), capture(set.body(), new Scope(scope)));
      case Stmt.Macro macro -> scope.set(macro.name(), macro(macro, scope));
      case Stmt.Call call -> {
        var caller = Map.<String, Object>of(CALLER, macro(call.caller(), scope));
        write(evaluator.values().toStr(evaluator.call(call.call(), caller, scope)));
      }
      case Stmt.Group group -> {
        return run(group.body(), new Scope(scope));
      }
    }
    return Flow.NEXT;
  }

  private Object evaluate(Expr expression, Scope scope) {
    return evaluator.evaluate(expression, scope);
  }

  private void write(Str text) {
    budget.spend(text.length());
    budget.checkOutput((long) out.length() + text.length());
    out.append(text);
  }

  private Str capture(List<Stmt> body, Scope scope) {
    var outer = out;
    out = new Str.Builder();
    run(body, scope);
    var text = out.build();
    out = outer;
    return text;
  }

  private void assign(List<String> targets, Object value, Scope scope) {
    if (targets.size() == 1) {
      scope.set(targets.getFirst(), value);
      return;
    }
    var items = evaluator.values().items(value);
    if (items.size() != targets.size()) {
      throw new Fault("%d values cannot be given to %d names", items.size(), targets.size());
    }
    for (int i = 0; i < items.size(); i++) {
      scope.set(targets.get(i), items.get(i));
    }
  }

  private Flow loop(Stmt.For loop, Scope scope) {
    var items = new ArrayList<Object>();
    for (var item : evaluator.values().items(evaluate(loop.items(), scope))) {
      budget.spend(1);
      if (loop.only() != null) {
        var inner = new Scope(scope);
        assign(loop.targets(), item, inner);
        if (!Values.isTrue(evaluate(loop.only(), inner))) {
          continue;
        }
      }
      items.add(item);
    }
    if (items.isEmpty()) {
      return run(loop.otherwise(), scope);
    }
    for (int i = 0; i < items.size(); i++) {
      budget.step();
      var inner = new Scope(scope);
      inner.set("loop", state(items, i));
      assign(loop.targets(), items.get(i), inner);
      if (run(loop.body(), inner) == Flow.BREAK) {
        break;
      }
    }
    return Flow.NEXT;
  }

  private static Map<Object, Object> state(List<Object> items, int i) {
    var state = new LinkedHashMap<Object, Object>();
    int size = items.size();
    put(state, "index0", (long) i);
    put(state, "index", i + 1L);
    put(state, "revindex0", size - i - 1L);
    put(state, "revindex", (long) size - i);
    put(state, "first", i == 0);
    put(state, "last", i == size - 1);
    put(state, "length", (long) size);
    put(state, "previtem", i == 0 ? new Undefined("loop.previtem") : items.get(i - 1));
    put(state, "nextitem", i == size - 1 ? new Undefined("loop.nextitem") : items.get(i + 1));
    Function cycle =
        args -> {
          if (args.positional().isEmpty()) {
            throw new Fault("loop.cycle needs something to choose from");
          }
          return args.positional().get(i % args.positional().size());
        };
    put(state, "cycle", cycle);
    return state;
  }

  private static void put(Map<Object, Object> map, String key, Object value) {
    map.put(Str.literal(key), value);
  }

  private Function macro(Stmt.Macro macro, Scope scope) {
    var names = macro.parameters().toArray(String[]::new);
    return args -> {
      var inner = new Scope(scope);
      if (!macro.parameters().contains(CALLER) && args.named().containsKey(CALLER)) {
        inner.set(CALLER, args.named().remove(CALLER));
      }
      args.check(0, names);
      for (int i = 0; i < names.length; i++) {
        var otherwise = macro.defaults().get(i);
        Object value = args.get(i, names[i], null);
        if (value == null) {
          value =
              otherwise == null ? new Undefined("'" + names[i] + "'") : evaluate(otherwise, inner);
        }
        inner.set(names[i], value);
      }
      return capture(macro.body(), inner);
    };
  }
}
