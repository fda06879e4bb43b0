package io.github.bitnet4j.text.jinja;

import io.github.bitnet4j.text.jinja.Token.Kind;
import java.util.List;

/** The tokens of a template, read one after the other, and how deep what is read nests. */
final class TokenReader {
  private static final int MAX_DEPTH = 100;

  private final List<Token> tokens;
  private int next;
  private int depth;

  TokenReader(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(next);
  }

  Token peekSecond() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  Token take() {
    var token = tokens.get(next);
    if (token.kind() != Kind.END) {
      next++;
    }
    return token;
  }

  boolean isOperator(String operator) {
    return peek().is(Kind.OPERATOR, operator);
  }

  boolean isName(String name) {
    return peek().is(Kind.NAME, name);
  }

  boolean takeOperator(String operator) {
    return isOperator(operator) && take() != null;
  }

  boolean takeName(String name) {
    return isName(name) && take() != null;
  }

  void expectOperator(String operator) {
    if (!takeOperator(operator)) {
      throw expected("'" + operator + "'");
    }
  }

  void expectName(String name) {
    if (!takeName(name)) {
      throw expected("'" + name + "'");
    }
  }

  Token expect(Kind kind, String what) {
    if (peek().kind() != kind) {
      throw expected(what);
    }
    return take();
  }

  String name() {
    return expect(Kind.NAME, "a name").text();
  }

  JinjaException expected(String what) {
    return new JinjaException(
        peek().at(), "expected %s but found %s".formatted(what, peek().describe()));
  }

  void enter() {
    if (++depth > MAX_DEPTH) {
      throw new JinjaException(
          peek().at(), "nests deeper than the %d levels allowed".formatted(MAX_DEPTH));
    }
  }

  void leave() {
    depth--;
  }
}
