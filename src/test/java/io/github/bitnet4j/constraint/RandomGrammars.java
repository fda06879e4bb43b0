package io.github.bitnet4j.constraint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Small grammars over a few characters of one to four bytes; every rule comes to an end. */
final class RandomGrammars {
  private static final String[] CHARACTERS = {"a", "b", "c", "é", "ê", "€", "😀"};

  private final Random random;
  private final int rules;
  private final List<Expression> characters;

  private RandomGrammars(Random random, int rules, List<Expression> characters) {
    this.random = random;
    this.rules = rules;
    this.characters = characters;
  }

  static Grammar of(long seed) {
    return of(seed, literals());
  }

  /** One that has {@code token} in some of the places of characters. */
  static Grammar withToken(long seed, Expression.Token token) {
    var characters = literals();
    characters.addAll(List.of(token, token, token));
    return of(seed, characters);
  }

  private static List<Expression> literals() {
    var literals = new ArrayList<Expression>();
    for (var character : CHARACTERS) {
      literals.add(new Expression.Literal(character));
    }
    return literals;
  }

  private static Grammar of(long seed, List<Expression> characters) {
    var random = new Random(seed);
    var grammars = new RandomGrammars(random, 1 + random.nextInt(4), characters);
    var rules = new LinkedHashMap<String, Expression>();
    for (int rule = 0; rule < grammars.rules; rule++) {
      rules.put(name(rule), grammars.rule(rule));
    }
    return new Grammar(name(0), rules);
  }

  private static String name(int rule) {
    return "rule" + rule;
  }

  /** Ends with itself unexpanded; refers to itself and earlier rules only behind a character. */
  private Expression rule(int rule) {
    var base = expression(rule, 3);
    if (random.nextInt(3) > 0) {
      return base;
    }
    var again = new Expression.Reference(name(random.nextInt(rule + 1)));
    var recursive =
        random.nextBoolean()
            ? List.of(character(), again)
            : List.of(character(), again, expression(rule, 1));
    return new Expression.Choice(List.of(base, new Expression.Sequence(recursive)));
  }

  private Expression expression(int rule, int depth) {
    int kind = random.nextInt(depth == 0 ? 3 : 8);
    return switch (kind) {
      case 0 -> character();
      case 1 -> new Expression.OneOf(set());
      case 2 ->
          rule + 1 < rules
              ? new Expression.Reference(name(rule + 1 + random.nextInt(rules - rule - 1)))
              : new Expression.Literal("ab".substring(random.nextInt(3)));
      case 3, 4 -> new Expression.Sequence(parts(rule, depth, random.nextInt(4)));
      case 5 -> new Expression.Choice(parts(rule, depth, 1 + random.nextInt(3)));
      default -> {
        int min = random.nextInt(3);
        int max = random.nextBoolean() ? Expression.Repeat.UNBOUNDED : min + random.nextInt(3);
        yield new Expression.Repeat(expression(rule, depth - 1), min, max);
      }
    };
  }

  private List<Expression> parts(int rule, int depth, int count) {
    var parts = new ArrayList<Expression>();
    IntStream.range(0, count).forEach(_ -> parts.add(expression(rule, depth - 1)));
    return parts;
  }

  private Expression character() {
    return characters.get(random.nextInt(characters.size()));
  }

  private CodePointSet set() {
    var set = CodePointSet.NONE;
    for (int i = 0; i <= random.nextInt(3); i++) {
      set = set.or(CodePointSet.of(CHARACTERS[random.nextInt(CHARACTERS.length)]));
    }
    return set;
  }
}
