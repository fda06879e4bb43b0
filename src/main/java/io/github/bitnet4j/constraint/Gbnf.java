package io.github.bitnet4j.constraint;

import java.util.ArrayList;
import java.util.LinkedHashMap;

/**
 * Reads GBNF, llama.cpp's notation of grammars.
 *
 * <pre>{@code
 * # A list of words.
 * root ::= word (", " word){0,4} "."
 * word ::= [a-z]+ | "\"" [^"\n]* "\""
 * }</pre>
 *
 * <p>A rule is {@code name ::= alternatives}, and {@code root} describes a whole text. Parts are
 * texts in quotes, classes in brackets, {@code .} for any character, names of rules, tokens and
 * groups in parentheses, each with {@code *}, {@code +}, {@code ?}, <code>{m}</code>, <code>{m,}
 * </code> or <code>{m,n}</code> behind it. A rule ends with its line, except within parentheses and
 * around {@code |}. The escapes are {@code \n \r \t \\ \" \[ \] \xHH} <code>&#92;uHHHH</code> and
 * {@code \}{@code UHHHHHHHH}. Comments go from {@code #} to the end of the line.
 *
 * <p>{@code <think>} is the token that the vocabulary writes so, angle brackets included, and
 * {@code <[1000]>} the token with this id, be they control tokens or not; in quotes they would be
 * text. {@code !<think>} is any other token of text.
 */
public final class Gbnf {
  private static final String START = "root";
  private static final int DEEPEST = 200;
  private static final int MOST_RULES = 50_000;

  private final SourceText source;
  private final LinkedHashMap<String, Expression> rules = new LinkedHashMap<>();

  /** Where each name is referred to first. */
  private final LinkedHashMap<String, Integer> references = new LinkedHashMap<>();

  private int depth;

  private Gbnf(String text) {
    source = new SourceText(text);
  }

  /**
   * The grammar written in {@code text}.
   *
   * @throws GrammarException if it is none; the message names line and column
   */
  public static Grammar parse(String text) {
    return new Gbnf(text).grammar();
  }

  private Grammar grammar() {
    skipSpace(true);
    while (!source.isAtEnd()) {
      rule();
    }
    references.forEach(
        (name, position) -> {
          if (!rules.containsKey(name)) {
            throw source.error(position, "there is no rule \"%s\"".formatted(name));
          }
        });
    if (!rules.containsKey(START)) {
      throw source.error(
          source.position(), "there is no rule \"%s\", which describes a text".formatted(START));
    }
    return new Grammar(START, rules);
  }

  private void rule() {
    int start = source.position();
    var name = name("the name of a rule");
    skipSpace(false);
    if (!source.take("::=")) {
      throw source.expected("\"::=\" after the name of a rule");
    }
    if (rules.containsKey(name)) {
      throw source.error(start, "there are two rules \"%s\"".formatted(name));
    }
    if (rules.size() == MOST_RULES) {
      throw source.error(start, "a grammar may have %d rules".formatted(MOST_RULES));
    }
    skipSpace(true);
    rules.put(name, alternatives(false));
    if (!source.isAtEnd() && source.peek() != '\n' && source.peek() != '\r') {
      throw source.expected("the end of the line or more of rule \"%s\"".formatted(name));
    }
    skipSpace(true);
  }

  private Expression alternatives(boolean nested) {
    var alternatives = new ArrayList<Expression>();
    alternatives.add(sequence(nested));
    while (takeBar()) {
      skipSpace(true);
      alternatives.add(sequence(nested));
    }
    return alternatives.size() == 1 ? alternatives.getFirst() : new Expression.Choice(alternatives);
  }

  /** Takes a bar here or at the start of a later line. */
  private boolean takeBar() {
    int position = source.position();
    skipSpace(true);
    if (source.take("|")) {
      return true;
    }
    source.moveTo(position);
    return false;
  }

  private Expression sequence(boolean nested) {
    var parts = new ArrayList<Expression>();
    skipSpace(nested);
    while (startsPart(source.peek())) {
      var part = part();
      skipSpace(nested);
      while (startsRepetition(source.peek())) {
        part = repeated(part);
        skipSpace(nested);
      }
      parts.add(part);
    }
    return parts.size() == 1 ? parts.getFirst() : new Expression.Sequence(parts);
  }

  private static boolean startsPart(int c) {
    return switch (c) {
      case '"', '[', '(', '.', '<', '!' -> true;
      default -> isNameCharacter(c);
    };
  }

  private static boolean startsRepetition(int c) {
    return c == '*' || c == '+' || c == '?' || c == '{';
  }

  private Expression part() {
    return switch (source.peek()) {
      case '"' -> literal();
      case '[' -> oneOf();
      case '(' -> group();
      case '<', '!' -> token();
      case '.' -> {
        source.next();
        yield new Expression.OneOf(CodePointSet.ALL);
      }
      default -> {
        int position = source.position();
        var name = name("a part");
        references.putIfAbsent(name, position);
        yield new Expression.Reference(name);
      }
    };
  }

  private Expression group() {
    int start = source.position();
    source.next();
    if (++depth > DEEPEST) {
      throw source.error(start, "parentheses may be nested %d deep".formatted(DEEPEST));
    }
    skipSpace(true);
    var inner = alternatives(true);
    skipSpace(true);
    if (!source.take(")")) {
      throw source.expected("\")\" or more of the group");
    }
    depth--;
    return inner;
  }

  private Expression token() {
    boolean negated = source.take("!");
    int start = source.position();
    if (!source.take("<")) {
      throw source.expected("a token in angle brackets");
    }
    var token = source.take("[") ? numbered(start) : named(start);
    return negated ? token.not() : token;
  }

  private Expression.Token numbered(int start) {
    int id = source.number("the id of a token");
    if (id == Integer.MAX_VALUE) {
      throw source.error(start, "no token has such an id");
    }
    if (!source.take("]>")) {
      throw source.expected("\"]>\" after the id of a token");
    }
    return Expression.Token.numbered(id);
  }

  private Expression.Token named(int start) {
    var text = new StringBuilder("<");
    while (source.peek() != '>') {
      if (source.isAtEnd() || source.peek() == '\n') {
        throw source.error(start, "there is no '>' that ends this token");
      }
      text.appendCodePoint(source.next());
    }
    return Expression.Token.named(text.appendCodePoint(source.next()).toString());
  }

  private Expression repeated(Expression part) {
    int start = source.position();
    int min = 0;
    int max = Expression.Repeat.UNBOUNDED;
    switch (source.next()) {
      case '*' -> {}
      case '+' -> min = 1;
      case '?' -> max = 1;
      default -> {
        skipSpace(true);
        min = source.repetitions();
        max = min;
        skipSpace(true);
        if (source.take(",")) {
          skipSpace(true);
          max =
              SourceText.isDigit(source.peek())
                  ? source.repetitions()
                  : Expression.Repeat.UNBOUNDED;
          skipSpace(true);
        }
        if (!source.take("}")) {
          throw source.expected("\"}\" after the number of repetitions");
        }
        if (max != Expression.Repeat.UNBOUNDED && max < min) {
          throw source.error(start, "%d is more than %d".formatted(min, max));
        }
      }
    }
    return new Expression.Repeat(part, min, max);
  }

  private Expression literal() {
    int start = source.position();
    source.next();
    var text = new StringBuilder();
    while (source.peek() != '"') {
      if (source.isAtEnd() || source.peek() == '\n') {
        throw source.error(start, "there is no '\"' that ends this text");
      }
      text.appendCodePoint(character());
    }
    source.next();
    return new Expression.Literal(text.toString());
  }

  private Expression oneOf() {
    int start = source.position();
    source.next();
    boolean negated = source.take("^");
    var ranges = new ArrayList<CodePointSet.Range>();
    while (source.peek() != ']') {
      if (source.isAtEnd() || source.peek() == '\n') {
        throw source.error(start, "there is no ']' that ends this class");
      }
      int position = source.position();
      int first = character();
      int last = first;
      if (source.peek() == '-' && source.peek(1) != ']' && source.peek(1) != SourceText.END) {
        source.next();
        last = character();
      }
      if (last < first) {
        throw source.error(
            position,
            "%s comes after %s".formatted(SourceText.describe(first), SourceText.describe(last)));
      }
      ranges.add(new CodePointSet.Range(first, last));
    }
    source.next();
    var set = new CodePointSet(ranges);
    return new Expression.OneOf(negated ? set.not() : set);
  }

  /** One character, or an escape that stands for one. */
  private int character() {
    int start = source.position();
    if (source.peek() != '\\') {
      return source.next();
    }
    source.next();
    if (source.isAtEnd()) {
      throw source.expected("what the backslash escapes");
    }
    int codePoint =
        switch (source.next()) {
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case '\\' -> '\\';
          case '"' -> '"';
          case '[' -> '[';
          case ']' -> ']';
          case 'x' -> source.hex(2);
          case 'u' -> source.hex(4);
          case 'U' -> source.hex(8);
          default ->
              throw source.error(
                  start,
                  "there is no such escape; there are \\n \\r \\t \\\\ \\\" \\[ \\] \\xHH"
                      + " \\uHHHH \\UHHHHHHHH");
        };
    if (codePoint >= 0xD800 && codePoint <= 0xDFFF) {
      throw source.error(
          start, "U+%04X is a surrogate, which is no character".formatted(codePoint));
    }
    return codePoint;
  }

  private String name(String what) {
    var name = new StringBuilder();
    while (isNameCharacter(source.peek())) {
      name.appendCodePoint(source.next());
    }
    if (name.isEmpty()) {
      throw source.expected(what);
    }
    return name.toString();
  }

  private static boolean isNameCharacter(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || SourceText.isDigit(c)
        || c == '-'
        || c == '_';
  }

  private void skipSpace(boolean acrossLines) {
    while (true) {
      int c = source.peek();
      if (c == '#') {
        while (!source.isAtEnd() && source.peek() != '\n') {
          source.next();
        }
      } else if (c == ' ' || c == '\t' || acrossLines && (c == '\n' || c == '\r')) {
        source.next();
      } else {
        return;
      }
    }
  }
}
