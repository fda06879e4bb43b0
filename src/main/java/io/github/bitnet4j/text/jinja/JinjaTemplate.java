package io.github.bitnet4j.text.jinja;

import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A parsed template. Immutable and thread-safe.
 *
 * <p>Understood are output, {@code if}, {@code for} (with filter, {@code else}, {@code break} and
 * {@code continue}), {@code set}, {@code macro}, {@code call}, {@code generation}, {@code raw},
 * comments and white-space control, the filters, tests and methods chat templates use, {@code
 * namespace}, {@code range}, {@code dict}, {@code raise_exception} and {@code strftime_now}.
 */
public final class JinjaTemplate {
  private final List<Stmt> statements;
  private final Set<String> words;

  private JinjaTemplate(List<Stmt> statements, Set<String> words) {
    this.statements = statements;
    this.words = words;
  }

  /**
   * Reads a template.
   *
   * @throws JinjaException if it is malformed or uses what is not supported
   */
  public static JinjaTemplate parse(String source) {
    var tokens = Lexer.tokens(source);
    var words =
        tokens.stream()
            .filter(t -> t.kind() == Token.Kind.NAME || t.kind() == Token.Kind.STRING)
            .map(Token::text)
            .collect(Collectors.toUnmodifiableSet());
    return new JinjaTemplate(Parser.parse(tokens), words);
  }

  /** Whether {@code word} is a name or a whole string somewhere in the template's code. */
  public boolean mentions(String word) {
    return words.contains(word);
  }

  /**
   * Renders with the given variables: {@link Str}, {@link String} (trusted as the template's own
   * text is), {@link Long}, {@link Integer}, {@link Double}, {@link Boolean}, {@link List}, {@link
   * Map} with string keys, an empty {@link Optional} for {@code none}, or what {@link FromJson}
   * reads.
   *
   * @param now what {@code strftime_now} tells
   * @throws JinjaException if the template refuses, fails or exceeds the limits
   * @throws IllegalArgumentException if a variable is of another kind
   */
  public Str render(Map<String, ?> variables, LocalDateTime now, Limits limits) {
    var values = new LinkedHashMap<String, Object>();
    variables.forEach((name, value) -> values.put(name, toValue(value)));
    try {
      return new Interpreter(limits).run(statements, values, now);
    } catch (StackOverflowError e) {
      throw new JinjaException(new Position(1, 1), "the template or its values nest too deep");
    }
  }

  private static Object toValue(Object value) {
    return switch (value) {
      case Str s -> s;
      case String s -> Str.literal(s);
      case Integer i -> i.longValue();
      case Long n -> n;
      case Double d -> d;
      case Boolean b -> b;
      case List<?> list -> list.stream().map(JinjaTemplate::toValue).toList();
      case Map<?, ?> map -> {
        var copy = new LinkedHashMap<Object, Object>();
        map.forEach((key, item) -> copy.put(toValue(key), toValue(item)));
        yield copy;
      }
      case None n -> n;
      case Optional<?> o when o.isEmpty() -> None.NONE;
      default ->
          throw new IllegalArgumentException(
              "a template cannot be given a " + value.getClass().getName());
    };
  }
}
