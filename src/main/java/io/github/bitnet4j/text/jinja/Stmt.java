package io.github.bitnet4j.text.jinja;

import java.util.List;

/** A statement, or text to write. */
sealed interface Stmt {
  Position at();

  record Data(Str text, Position at) implements Stmt {}

  record Output(Expr value, Position at) implements Stmt {}

  record If(List<Branch> branches, List<Stmt> otherwise, Position at) implements Stmt {}

  record Branch(Expr condition, List<Stmt> body) {}

  /** A loop; without a filter, {@code only} is null. */
  record For(
      List<String> targets,
      Expr items,
      Expr only,
      List<Stmt> body,
      List<Stmt> otherwise,
      Position at)
      implements Stmt {}

  record Break(Position at) implements Stmt {}

  record Continue(Position at) implements Stmt {}

  /** {@code {% set a, b = value %}}. */
  record Set(List<String> targets, Expr value, Position at) implements Stmt {}

  /** {@code {% set namespace.name = value %}}. */
  record SetAttribute(String namespace, String name, Expr value, Position at) implements Stmt {}

  /** {@code {% set name %}body{% endset %}}. */
  record SetBlock(String name, List<Stmt> body, Position at) implements Stmt {}

  /** A macro; a parameter without default has null. */
  record Macro(
      String name, List<String> parameters, List<Expr> defaults, List<Stmt> body, Position at)
      implements Stmt {}

  /** {@code {% call(parameters) macro(...) %}body{% endcall %}}: the macro can call the body. */
  record Call(Macro caller, Expr.Call call, Position at) implements Stmt {}

  /** Statements that only stand together. */
  record Group(List<Stmt> body, Position at) implements Stmt {}
}
