package io.github.bitnet4j.text.jinja;

import io.github.bitnet4j.text.jinja.Expr.Arguments;
import io.github.bitnet4j.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads expressions, with Jinja's precedence. */
final class ExprParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> AFTER_TEST =
      Set.of("else", "or", "and", "if", "in", "not", "is", "recursive");

  private final TokenReader in;

  ExprParser(TokenReader in) {
    this.in = in;
  }

  /** An expression, or several between commas, which make a list. */
  Expr tuple() {
    var first = expression();
    if (!in.isOperator(",")) {
      return first;
    }
    var items = new ArrayList<Expr>(List.of(first));
    while (in.takeOperator(",") && beginsExpression()) {
      items.add(expression());
    }
    return new Expr.ListOf(items, first.at());
  }

  Expr expression() {
    in.enter();
    var value = disjunction();
    while (in.isName("if")) {
      var at = in.take().at();
      var condition = disjunction();
      var otherwise = in.takeName("else") ? expression() : null;
      value = new Expr.Conditional(condition, value, otherwise, at);
    }
    in.leave();
    return value;
  }

  /** An expression that no {@code if} follows, as the items of a loop. */
  Expr withoutCondition() {
    return disjunction();
  }

  private Expr disjunction() {
    var left = conjunction();
    while (in.isName("or")) {
      var operator = in.take();
      left = new Expr.Binary("or", left, conjunction(), operator.at());
    }
    return left;
  }

  private Expr conjunction() {
    var left = negation();
    while (in.isName("and")) {
      var operator = in.take();
      left = new Expr.Binary("and", left, negation(), operator.at());
    }
    return left;
  }

  private Expr negation() {
    if (in.isName("not")) {
      var at = in.take().at();
      in.enter();
      var of = negation();
      in.leave();
      return new Expr.Unary("not", of, at);
    }
    return comparison();
  }

  /** {@code a < b < c} means {@code a < b and b < c}. */
  private Expr comparison() {
    var left = sum();
    Expr all = null;
    while (true) {
      String operator;
      var at = in.peek().at();
      if (in.peek().kind() == Kind.OPERATOR && COMPARISONS.contains(in.peek().text())) {
        operator = in.take().text();
      } else if (in.takeName("in")) {
        operator = "in";
      } else if (in.isName("not") && in.peekSecond().is(Kind.NAME, "in")) {
        in.take();
        in.take();
        operator = "not in";
      } else {
        return all == null ? left : all;
      }
      var right = sum();
      var one = new Expr.Binary(operator, left, right, at);
      all = all == null ? one : new Expr.Binary("and", all, one, at);
      left = right;
    }
  }

  private Expr sum() {
    var left = concatenation();
    while (in.isOperator("+") || in.isOperator("-")) {
      var operator = in.take();
      left = new Expr.Binary(operator.text(), left, concatenation(), operator.at());
    }
    return left;
  }

  private Expr concatenation() {
    var left = product();
    while (in.isOperator("~")) {
      var operator = in.take();
      left = new Expr.Binary("~", left, product(), operator.at());
    }
    return left;
  }

  private Expr product() {
    var left = unary(true);
    while (in.isOperator("*") || in.isOperator("/") || in.isOperator("//") || in.isOperator("%")) {
      var operator = in.take();
      left = new Expr.Binary(operator.text(), left, unary(true), operator.at());
    }
    return left;
  }

  private Expr unary(boolean withFilters) {
    Expr value;
    if (in.isOperator("-") || in.isOperator("+")) {
      var operator = in.take();
      in.enter();
      value = new Expr.Unary(operator.text(), unary(false), operator.at());
      in.leave();
    } else {
      value = postfix(primary());
    }
    return withFilters ? filtersAndTests(value) : value;
  }

  private Expr primary() {
    var token = in.peek();
    switch (token.kind()) {
      case NAME -> {
        in.take();
        return switch (token.text()) {
          case "true", "True" -> new Expr.Constant(true, token.at());
          case "false", "False" -> new Expr.Constant(false, token.at());
          case "none", "None" -> new Expr.Constant(None.NONE, token.at());
          default -> new Expr.Name(token.text(), token.at());
        };
      }
      case STRING -> {
        var text = new StringBuilder();
        while (in.peek().kind() == Kind.STRING) {
          text.append(in.take().text());
        }
        return new Expr.Constant(Str.literal(text.toString()), token.at());
      }
      case INTEGER, FLOAT -> {
        in.take();
        try {
          Object value =
              token.kind() == Kind.FLOAT
                  ? (Object) Double.valueOf(token.text())
                  : (Object) Long.valueOf(token.text());
          return new Expr.Constant(value, token.at());
        } catch (NumberFormatException e) {
          throw new JinjaException(token.at(), "the number " + token.text() + " is too large");
        }
      }
      default -> {
        if (in.takeOperator("(")) {
          if (in.takeOperator(")")) {
            return new Expr.ListOf(List.of(), token.at());
          }
          var value = tuple();
          in.expectOperator(")");
          return value;
        }
        if (in.takeOperator("[")) {
          return new Expr.ListOf(list("]"), token.at());
        }
        if (in.takeOperator("{")) {
          return dict(token.at());
        }
        throw in.expected("an expression");
      }
    }
  }

  private List<Expr> list(String closing) {
    var items = new ArrayList<Expr>();
    while (!in.takeOperator(closing)) {
      items.add(expression());
      if (!in.isOperator(closing)) {
        in.expectOperator(",");
      }
    }
    return items;
  }

  private Expr dict(Position at) {
    var keys = new ArrayList<Expr>();
    var values = new ArrayList<Expr>();
    while (!in.takeOperator("}")) {
      keys.add(expression());
      in.expectOperator(":");
      values.add(expression());
      if (!in.isOperator("}")) {
        in.expectOperator(",");
      }
    }
    return new Expr.DictOf(keys, values, at);
  }

  private Expr postfix(Expr value) {
    while (true) {
      var at = in.peek().at();
      if (in.takeOperator(".")) {
        if (in.peek().kind() == Kind.INTEGER) {
          value = new Expr.Item(value, primary(), at);
        } else {
          value = new Expr.Attribute(value, in.name(), at);
        }
      } else if (in.takeOperator("[")) {
        value = subscript(value, at);
      } else if (in.isOperator("(")) {
        value = new Expr.Call(value, arguments(), at);
      } else {
        return value;
      }
    }
  }

  private Expr subscript(Expr of, Position at) {
    var parts = new Expr[3];
    int colons = 0;
    while (!in.takeOperator("]")) {
      if (in.takeOperator(":")) {
        if (++colons > 2) {
          throw new JinjaException(at, "a slice has at most three parts");
        }
      } else if (parts[colons] == null) {
        parts[colons] = expression();
      } else {
        throw in.expected("']'");
      }
    }
    if (colons > 0) {
      return new Expr.Slice(of, parts[0], parts[1], parts[2], at);
    }
    if (parts[0] == null) {
      throw new JinjaException(at, "expected an expression between the brackets");
    }
    return new Expr.Item(of, parts[0], at);
  }

  private Arguments arguments() {
    in.expectOperator("(");
    var positional = new ArrayList<Expr>();
    var named = new LinkedHashMap<String, Expr>();
    while (!in.takeOperator(")")) {
      if (in.peek().kind() == Kind.NAME && in.peekSecond().is(Kind.OPERATOR, "=")) {
        var name = in.take().text();
        in.take();
        named.put(name, expression());
      } else if (named.isEmpty()) {
        var at = in.peek().at();
        positional.add(in.takeOperator("*") ? new Expr.Spread(expression(), at) : expression());
      } else {
        throw in.expected("a named argument");
      }
      if (!in.isOperator(")")) {
        in.expectOperator(",");
      }
    }
    return new Arguments(positional, named);
  }

  private Expr filtersAndTests(Expr value) {
    while (true) {
      if (in.takeOperator("|")) {
        var at = in.peek().at();
        var name = in.name();
        var arguments = in.isOperator("(") ? arguments() : Arguments.NONE;
        value = new Expr.Filter(value, Filters.known(name, at), arguments, at);
      } else if (in.takeName("is")) {
        boolean negated = in.takeName("not");
        var at = in.peek().at();
        var name = in.name();
        value = new Expr.Test(value, Tests.known(name, at), testArguments(), negated, at);
      } else if (in.isOperator("(")) {
        var at = in.peek().at();
        value = new Expr.Call(value, arguments(), at);
      } else {
        return value;
      }
    }
  }

  private Arguments testArguments() {
    if (in.isOperator("(")) {
      return arguments();
    }
    boolean given =
        switch (in.peek().kind()) {
          case STRING, INTEGER, FLOAT -> true;
          case NAME -> !AFTER_TEST.contains(in.peek().text());
          case OPERATOR -> in.isOperator("[") || in.isOperator("{");
          default -> false;
        };
    return given ? new Arguments(List.of(postfix(primary())), Map.of()) : Arguments.NONE;
  }

  private boolean beginsExpression() {
    return switch (in.peek().kind()) {
      case NAME, STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> "([{+-".contains(in.peek().text());
      default -> false;
    };
  }
}
