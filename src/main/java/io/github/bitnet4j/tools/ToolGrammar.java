package io.github.bitnet4j.tools;

import io.github.bitnet4j.constraint.CodePointSet;
import io.github.bitnet4j.constraint.Expression;
import io.github.bitnet4j.constraint.Expression.Choice;
import io.github.bitnet4j.constraint.Expression.Literal;
import io.github.bitnet4j.constraint.Expression.OneOf;
import io.github.bitnet4j.constraint.Expression.Reference;
import io.github.bitnet4j.constraint.Expression.Repeat;
import io.github.bitnet4j.constraint.Expression.Sequence;
import io.github.bitnet4j.constraint.Expression.Token;
import io.github.bitnet4j.constraint.Grammar;
import io.github.bitnet4j.constraint.json.JsonSchema;
import io.github.bitnet4j.text.ToolDefinition;
import io.github.bitnet4j.text.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.StringNode;

/** Makes the grammar of answers that call tools as they are defined. */
public final class ToolGrammar {
  private static final String ANSWER = "answer";
  private static final String CALLS = "calls";
  private static final Expression ANY_TEXT =
      new Repeat(new OneOf(CodePointSet.ALL), 0, Repeat.UNBOUNDED);

  private final LinkedHashMap<String, Expression> rules = new LinkedHashMap<>();
  private final ToolForm form;
  private final Vocabulary vocabulary;

  private ToolGrammar(ToolForm form, Vocabulary vocabulary) {
    this.form = form;
    this.vocabulary = vocabulary;
  }

  /**
   * The answers that a model may give. Calls have the names of tools, and arguments that obey their
   * schemas. Where the choice is {@link ToolChoice.Auto}, words are free, and calls may follow
   * them; but the text that calls begin with begins calls, which with {@link ToolForm#LLAMA3} means
   * that an answer in words does not begin with a brace.
   *
   * <p>A mark of calls that is a control token or a user-defined one is written as that token, as
   * the model was trained, and never spelled.
   *
   * @param vocabulary of the model
   * @param tools with different names, at least one
   * @param parallel whether there may be several calls, where the form has room for them
   * @throws IllegalArgumentException if a schema cannot be kept to, two tools have one name, or a
   *     tool that must be called is not there
   */
  public static Grammar of(
      ToolForm form,
      Vocabulary vocabulary,
      List<ToolDefinition> tools,
      ToolChoice choice,
      boolean parallel) {
    if (tools.isEmpty()) {
      throw new IllegalArgumentException("there are no tools to call");
    }
    long names = tools.stream().map(ToolDefinition::name).distinct().count();
    if (names < tools.size()) {
      throw new IllegalArgumentException("two tools have the same name");
    }
    return new ToolGrammar(form, vocabulary).answer(tools, choice, parallel);
  }

  private Grammar answer(List<ToolDefinition> tools, ToolChoice choice, boolean parallel) {
    switch (choice) {
      case ToolChoice.None() -> {
        rules.put(CALLS, new Choice(List.of()));
        rules.put(ANSWER, words());
      }
      case ToolChoice.Auto() -> {
        addCalls(tools, parallel);
        rules.put(ANSWER, words());
      }
      case ToolChoice.Required() -> {
        addCalls(tools, parallel);
        rules.put(ANSWER, calls());
      }
      case ToolChoice.Named(var name) -> {
        addCalls(List.of(named(tools, name)), false);
        rules.put(ANSWER, calls());
      }
    }
    return new Grammar(ANSWER, rules);
  }

  private static ToolDefinition named(List<ToolDefinition> tools, String name) {
    return tools.stream()
        .filter(tool -> tool.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no tool %s; there are %s"
                        .formatted(
                            name,
                            String.join(", ", tools.stream().map(ToolDefinition::name).toList()))));
  }

  /** Adds the rule of what comes after {@link #opening}. */
  private void addCalls(List<ToolDefinition> tools, boolean parallel) {
    var calls = new ArrayList<Expression>();
    for (var tool : tools) {
      calls.add(
          new Sequence(
              List.of(
                  text("{\"name\": " + StringNode.valueOf(tool.name())),
                  text(", \"" + form.argumentsKey + "\": "),
                  arguments(tool),
                  text("}"))));
    }
    rules.put("call", new Choice(calls));
    var parts = new ArrayList<Expression>();
    parts.add(reference("call"));
    if (parallel && !form.separator.isEmpty()) {
      var more = new Sequence(List.of(withMarks(form.separator), reference("call")));
      parts.add(new Repeat(more, 0, Repeat.UNBOUNDED));
    }
    parts.add(withMarks(form.closing));
    rules.put(CALLS, new Sequence(parts));
  }

  private Expression arguments(ToolDefinition tool) {
    Grammar grammar;
    try {
      grammar = JsonSchema.parseObject(tool.parametersJson()).grammar();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the parameters of tool %s: %s".formatted(tool.name(), e.getMessage()), e);
    }
    String prefix = "arguments of " + tool.name() + " ";
    grammar.rules().forEach((name, body) -> rules.put(prefix + name, renamed(prefix, body)));
    return reference(prefix + grammar.start());
  }

  private static Expression renamed(String prefix, Expression expression) {
    return switch (expression) {
      case Literal literal -> literal;
      case OneOf oneOf -> oneOf;
      case Token token -> token;
      case Sequence(var parts) ->
          new Sequence(parts.stream().map(part -> renamed(prefix, part)).toList());
      case Choice(var alternatives) ->
          new Choice(alternatives.stream().map(part -> renamed(prefix, part)).toList());
      case Repeat(var part, int min, int max) -> new Repeat(renamed(prefix, part), min, max);
      case Reference(var rule) -> reference(prefix + rule);
    };
  }

  private Expression calls() {
    return new Sequence(List.of(opening(), reference(CALLS)));
  }

  /** What calls begin with. */
  private Expression opening() {
    return form == ToolForm.LLAMA3
        ? token(ToolForm.PYTHON_TAG)
            .<Expression>map(tag -> new Repeat(tag, 0, 1))
            .orElseGet(() -> text(""))
        : withMarks(form.opening);
  }

  /** A text in which marks are tokens where they can be. */
  private Expression withMarks(String text) {
    for (var mark : form.marks()) {
      int at = text.indexOf(mark);
      var token = token(mark);
      if (at >= 0 && token.isPresent()) {
        return new Sequence(
            List.of(
                withMarks(text.substring(0, at)),
                token.get(),
                withMarks(text.substring(at + mark.length()))));
      }
    }
    return text(text);
  }

  private Optional<Token> token(String mark) {
    var id = vocabulary.find(mark);
    return id.isPresent() && form.isMark(vocabulary, id.getAsInt())
        ? Optional.of(Token.numbered(id.getAsInt()))
        : Optional.empty();
  }

  /** Words, or calls, or both where calls are marked. */
  private Expression words() {
    return form == ToolForm.LLAMA3 ? unmarked() : marked();
  }

  /** Words that do not begin with a brace, or calls. */
  private Expression unmarked() {
    var first = new OneOf(CodePointSet.of("{").not());
    return new Choice(List.of(text(""), new Sequence(List.of(first, ANY_TEXT)), calls()));
  }

  /**
   * Words in which the mark does not occur, then calls or nothing: after the matching of Knuth,
   * Morris and Pratt (1977), a rule for each number of characters of the mark that were just read.
   * Where the mark is a token, it may come after any of them, and nothing comes after its text.
   */
  private Expression marked() {
    String mark = ToolForm.MARK;
    var spelled =
        new Sequence(List.of(text(form.opening.substring(mark.length())), reference(CALLS)));
    var nothing = new Choice(List.of());
    boolean isToken = token(mark).isPresent();
    rules.put("words end", isToken ? new Choice(List.of(text(""), calls())) : text(""));
    for (int read = 0; read < mark.length(); read++) {
      rules.put(words(read), afterPartOfMark(mark, read));
    }
    rules.put(words(mark.length()), isToken ? nothing : spelled);
    return reference(words(0));
  }

  private static Expression afterPartOfMark(String mark, int read) {
    var alternatives = new ArrayList<Expression>();
    alternatives.add(reference("words end"));
    var ordinary = CodePointSet.of(mark).not();
    for (int c : mark.chars().distinct().toArray()) {
      int next = overlap(mark, mark.substring(0, read) + (char) c);
      if (next == 0) {
        ordinary = ordinary.or(CodePointSet.range(c, c));
      } else {
        alternatives.add(
            new Sequence(List.of(text(Character.toString(c)), reference(words(next)))));
      }
    }
    if (read == 0) {
      var others = new Repeat(new OneOf(ordinary), 0, Repeat.UNBOUNDED);
      return new Sequence(List.of(others, new Choice(alternatives)));
    }
    alternatives.add(new Sequence(List.of(new OneOf(ordinary), reference(words(0)))));
    return new Choice(alternatives);
  }

  /** The most characters at the end of {@code text} that {@code mark} begins with. */
  private static int overlap(String mark, String text) {
    for (int length = text.length(); length > 0; length--) {
      if (mark.startsWith(text.substring(text.length() - length))) {
        return length;
      }
    }
    return 0;
  }

  private static String words(int read) {
    return read == 0 ? "words" : "words and %d of the mark".formatted(read);
  }

  private static Expression text(String text) {
    return new Literal(text);
  }

  private static Expression reference(String rule) {
    return new Reference(rule);
  }
}
