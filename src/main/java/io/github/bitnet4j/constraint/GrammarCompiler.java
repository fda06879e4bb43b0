package io.github.bitnet4j.constraint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes nodes of a grammar. */
final class GrammarCompiler {
  private static final int MOST_NODES = 2_000_000;

  private final NodeFactory factory;
  private final Utf8Terminals utf8;
  private final GrammarAnalysis analysis;
  private final NamedTokens named;
  private final Map<String, Node> nodeOfRule = new HashMap<>();
  private final Map<CodePointSet, Node> nodeOfSet = new HashMap<>();

  private GrammarCompiler(GrammarAnalysis analysis, TokenTries tries) {
    this.analysis = analysis;
    factory = new NodeFactory(tries);
    utf8 = new Utf8Terminals(factory);
    named = new NamedTokens(analysis.tokens(), tries);
  }

  /**
   * The automaton of a grammar.
   *
   * @throws IllegalArgumentException if a rule begins with itself, no text is allowed, the grammar
   *     is too large, or names a token that is not there or ends texts
   */
  static Automaton compile(Grammar grammar, TokenTries tries) {
    var analysis = new GrammarAnalysis(grammar);
    var compiler = new GrammarCompiler(analysis, tries);
    for (var rule : analysis.calleesFirst()) {
      if (analysis.isCalled(rule)) {
        compiler.nodeOfRule.put(rule, compiler.factory.call(rule));
      }
    }
    for (var rule : analysis.calleesFirst()) {
      var body = compiler.node(grammar.rules().get(rule));
      if (analysis.isCalled(rule)) {
        ((Node.Call) compiler.nodeOfRule.get(rule)).body = body;
      } else {
        compiler.nodeOfRule.put(rule, body);
      }
    }
    var named = compiler.named;
    var classes = compiler.factory.classes(NamedTokens.FIRST_SYMBOL + named.symbols());
    compiler.factory.finish();
    return new Automaton(compiler.nodeOfRule.get(grammar.start()), classes, named);
  }

  private Node node(Expression expression) {
    if (factory.size() > MOST_NODES) {
      throw new IllegalArgumentException(
          "the grammar is too large: it has more than %d parts".formatted(MOST_NODES));
    }
    return switch (expression) {
      case Expression.Literal literal -> text(literal.text());
      case Expression.OneOf oneOf -> nodeOfSet.computeIfAbsent(oneOf.codePoints(), utf8::oneOf);
      case Expression.Token token -> named.node(token, factory);
      case Expression.Sequence sequence -> sequence(sequence);
      case Expression.Choice choice ->
          factory.either(choice.alternatives().stream().map(this::node).toList());
      case Expression.Repeat repeat ->
          factory.repeat(node(repeat.part()), repeat.min(), repeat.max());
      case Expression.Reference reference ->
          analysis.isProductive(reference.rule()) ? nodeOfRule.get(reference.rule()) : Node.NOTHING;
    };
  }

  private Node text(String text) {
    return factory.bytes(text.getBytes(StandardCharsets.UTF_8), Node.EMPTY);
  }

  /** From the back; texts that follow each other become one, which takes fewer tokens. */
  private Node sequence(Expression.Sequence sequence) {
    var parts = new ArrayList<Expression>();
    flatten(sequence, parts);
    var node = Node.EMPTY;
    int end = parts.size();
    while (end > 0) {
      int start = end - 1;
      while (start > 0
          && parts.get(start) instanceof Expression.Literal
          && parts.get(start - 1) instanceof Expression.Literal) {
        start--;
      }
      node = factory.concat(joined(parts.subList(start, end)), node);
      end = start;
    }
    return node;
  }

  private static void flatten(Expression.Sequence sequence, List<Expression> parts) {
    for (var part : sequence.parts()) {
      if (part instanceof Expression.Sequence inner) {
        flatten(inner, parts);
      } else {
        parts.add(part);
      }
    }
  }

  private Node joined(List<Expression> parts) {
    if (parts.size() == 1) {
      return node(parts.getFirst());
    }
    var text = new StringBuilder();
    parts.forEach(part -> text.append(((Expression.Literal) part).text()));
    return text(text.toString());
  }
}
