package io.github.bitnet4j.text.jinja;

import io.github.bitnet4j.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads statements. */
final class Parser {
  private final TokenReader in;
  private final ExprParser expressions;
  private int loops;

  private Parser(TokenReader in) {
    this.in = in;
    this.expressions = new ExprParser(in);
  }

  static List<Stmt> parse(List<Token> tokens) {
    var parser = new Parser(new TokenReader(tokens));
    return parser.body(Set.of(), new Position(1, 1));
  }

  /** Statements up to a tag that begins with one of {@code ends}, whose name is read too. */
  private List<Stmt> body(Set<String> ends, Position opened) {
    in.enter();
    var body = new ArrayList<Stmt>();
    while (true) {
      var token = in.take();
      switch (token.kind()) {
        case DATA -> body.add(new Stmt.Data(Str.literal(token.text()), token.at()));
        case OUTPUT_BEGIN -> {
          body.add(new Stmt.Output(expressions.tuple(), token.at()));
          in.expect(Kind.OUTPUT_END, "'}}'");
        }
        case BLOCK_BEGIN -> {
          if (ends.contains(in.peek().text())) {
            in.leave();
            return body;
          }
          body.add(statement());
        }
        default -> {
          if (!ends.isEmpty()) {
            throw new JinjaException(
                opened,
                "the block is not ended by '%s'"
                    .formatted(ends.stream().filter(e -> e.startsWith("end")).findAny().get()));
          }
          in.leave();
          return body;
        }
      }
    }
  }

  private Stmt statement() {
    var token = in.expect(Kind.NAME, "the name of a statement");
    var at = token.at();
    return switch (token.text()) {
      case "if" -> ifStatement(at);
      case "for" -> forStatement(at);
      case "set" -> set(at);
      case "macro" -> macro(at);
      case "call" -> call(at);
      case "break", "continue" -> {
        if (loops == 0) {
          throw new JinjaException(at, "'" + token.text() + "' stands outside a loop");
        }
        end();
        yield token.text().equals("break") ? new Stmt.Break(at) : new Stmt.Continue(at);
      }
      case "generation" -> {
        end();
        yield new Stmt.Group(closed("endgeneration", at), at);
      }
      default -> throw new JinjaException(at, "unknown statement '" + token.text() + "'");
    };
  }

  private Stmt ifStatement(Position at) {
    var branches = new ArrayList<Stmt.Branch>();
    var ends = Set.of("elif", "else", "endif");
    do {
      var condition = expressions.tuple();
      end();
      branches.add(new Stmt.Branch(condition, body(ends, at)));
    } while (in.takeName("elif"));
    List<Stmt> otherwise = List.of();
    if (in.takeName("else")) {
      end();
      otherwise = body(Set.of("endif"), at);
    }
    in.expectName("endif");
    end();
    return new Stmt.If(branches, otherwise, at);
  }

  private Stmt forStatement(Position at) {
    var targets = targets();
    in.expectName("in");
    var items = expressions.withoutCondition();
    var only = in.takeName("if") ? expressions.expression() : null;
    if (in.isName("recursive")) {
      throw new JinjaException(in.peek().at(), "recursive loops are not supported");
    }
    end();
    loops++;
    var body = body(Set.of("else", "endfor"), at);
    loops--;
    List<Stmt> otherwise = List.of();
    if (in.takeName("else")) {
      end();
      otherwise = body(Set.of("endfor"), at);
    }
    in.expectName("endfor");
    end();
    return new Stmt.For(targets, items, only, body, otherwise, at);
  }

  private List<String> targets() {
    boolean bracketed = in.takeOperator("(");
    var names = new ArrayList<String>();
    do {
      names.add(in.name());
    } while (in.takeOperator(","));
    if (bracketed) {
      in.expectOperator(")");
    }
    return names;
  }

  private Stmt set(Position at) {
    var names = targets();
    if (names.size() == 1 && in.takeOperator(".")) {
      var attribute = in.name();
      in.expectOperator("=");
      var value = expressions.tuple();
      end();
      return new Stmt.SetAttribute(names.getFirst(), attribute, value, at);
    }
    if (in.takeOperator("=")) {
      var value = expressions.tuple();
      end();
      return new Stmt.Set(names, value, at);
    }
    if (names.size() > 1 || in.peek().kind() != Kind.BLOCK_END) {
      throw in.expected("'='");
    }
    end();
    return new Stmt.SetBlock(names.getFirst(), closed("endset", at), at);
  }

  private Stmt macro(Position at) {
    var name = in.name();
    var parameters = new ArrayList<String>();
    var defaults = new ArrayList<Expr>();
    parameters(parameters, defaults);
    end();
    return new Stmt.Macro(name, parameters, defaults, outsideLoops("endmacro", at), at);
  }

  private Stmt call(Position at) {
    var parameters = new ArrayList<String>();
    var defaults = new ArrayList<Expr>();
    if (in.isOperator("(")) {
      parameters(parameters, defaults);
    }
    if (!(expressions.expression() instanceof Expr.Call call)) {
      throw new JinjaException(at, "what 'call' calls needs parentheses");
    }
    end();
    var body = outsideLoops("endcall", at);
    return new Stmt.Call(new Stmt.Macro("caller", parameters, defaults, body, at), call, at);
  }

  private void parameters(List<String> names, List<Expr> defaults) {
    in.expectOperator("(");
    while (!in.takeOperator(")")) {
      names.add(in.name());
      defaults.add(in.takeOperator("=") ? expressions.expression() : null);
      if (!in.isOperator(")")) {
        in.expectOperator(",");
      }
    }
  }

  private List<Stmt> outsideLoops(String closing, Position at) {
    int outer = loops;
    loops = 0;
    var body = closed(closing, at);
    loops = outer;
    return body;
  }

  private List<Stmt> closed(String closing, Position at) {
    var body = body(Set.of(closing), at);
    in.expectName(closing);
    if (closing.equals("endmacro") && in.peek().kind() == Kind.NAME) {
      in.take();
    }
    end();
    return body;
  }

  private void end() {
    in.expect(Kind.BLOCK_END, "'%}'");
  }
}
