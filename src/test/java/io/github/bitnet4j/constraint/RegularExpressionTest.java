package io.github.bitnet4j.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegularExpressionTest {
  private static final ConstraintCompiler COMPILER =
      new ConstraintCompiler(Vocabularies.withPieces());
  private static final List<String> TEXTS = texts();

  static LongStream seeds() {
    return LongStream.range(0, 500);
  }

  private static List<String> texts() {
    var random = new Random(1);
    var texts = new ArrayList<>(List.of("", "a", "b", "1", " ", "-", "\n", "é"));
    while (texts.size() < 400) {
      var text = new StringBuilder();
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        text.append(
            "aab1 -\né😀"
                .codePoints()
                .skip(random.nextInt(9))
                .limit(1)
                .mapToObj(Character::toString)
                .findFirst()
                .orElseThrow());
      }
      texts.add(text.toString());
    }
    return texts;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void describesTheWholeTextsThatJavaMatches(long seed) {
    var pattern = pattern(new Random(seed), 3);
    var constraint = COMPILER.compile(RegularExpression.parse(pattern));
    var java = Pattern.compile(pattern);
    for (var text : TEXTS) {
      assertEquals(
          java.matcher(text).matches(), constraint.matches(text), () -> pattern + " and " + text);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void describesTheTextsInWhichJavaFindsIt(long seed) {
    var random = new Random(seed);
    var pattern =
        (random.nextBoolean() ? "^" : "") + pattern(random, 2) + (random.nextBoolean() ? "$" : "");
    assertFindsWhatJavaFinds(pattern);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^",
        "$",
        "^$",
        "",
        "^a|b$",
        "^(a|b)$",
        "(^a|b$)",
        "(^a$)|(^b$)",
        "(?:^a)b",
        "a(b$)",
        "^^a$$",
        "^(?:(?:a))",
        "((a|1)$)",
        "a|^b",
        "(^)a",
        "b($)",
        "^a|a$|1"
      })
  void tiesPartsToTheEndsWhereAnchorsStand(String pattern) {
    assertFindsWhatJavaFinds(pattern);
  }

  private static void assertFindsWhatJavaFinds(String pattern) {
    var constraint = COMPILER.compile(grammar(RegularExpression.anywhere(pattern)));
    // Java's $ also matches before a line break at the end.
    var java = Pattern.compile(pattern.replace("$", "\\z"));
    for (var text : TEXTS) {
      assertEquals(
          java.matcher(text).find(), constraint.matches(text), () -> pattern + " and " + text);
    }
  }

  private static Grammar grammar(Expression expression) {
    var rules = new LinkedHashMap<String, Expression>();
    rules.put("root", expression);
    return new Grammar("root", rules);
  }

  private static String pattern(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 6 : 12)) {
      case 0, 1 -> "a";
      case 2 -> List.of("b", "é", "😀", "\\n", "\\x61", "\\u00e9", "\\-").get(random.nextInt(7));
      case 3 ->
          List.of("[ab]", "[^a]", "[a-b1]", "[^\\d ]", "[-a]", "[\\w-]").get(random.nextInt(6));
      case 4 -> List.of("\\d", "\\w", "\\s", "\\D", "\\W", "\\S").get(random.nextInt(6));
      case 5 -> List.of(".", "\\p{L}", "\\P{L}", "\\p{Nd}").get(random.nextInt(4));
      case 6, 7 -> pattern(random, depth - 1) + pattern(random, depth - 1);
      case 8 -> "(" + pattern(random, depth - 1) + "|" + pattern(random, depth - 1) + ")";
      case 9 -> "(?:" + pattern(random, depth - 1) + ")";
      default ->
          "("
              + pattern(random, depth - 1)
              + ")"
              + List.of("*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?", "??", "{1,2}?")
                  .get(random.nextInt(10));
    };
  }

  @Test
  void surrogatePairsInEscapesAreOneCharacter() {
    assertEquals(
        List.of(true, true, false),
        java.util.stream.Stream.of("😀", "😁", "😂")
            .map(COMPILER.compile(RegularExpression.parse("[\\uD83D\\uDE00-\\u{1F601}]"))::matches)
            .toList());
  }

  @Test
  void aBraceThatBeginsNoQuantifierIsACharacter() {
    assertEquals(true, COMPILER.compile(RegularExpression.parse("a{,2}{x}")).matches("a{,2}{x}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '~',
      value = {
        "(a § 1 § there is no \")\" for this \"(\"",
        "a) § 2 § there is no \"(\" for this \")\"",
        "a[bc § 2 § there is no \"]\" for this \"[\"",
        "* § 1 § expected something to repeat, not '*'",
        "a|+ § 3 § expected something to repeat, not '+'",
        "a** § 3 § there is nothing to repeat: a quantifier stands here already",
        "a++ § 3 § possessive quantifiers are not supported; leave out the \"+\"",
        "a{3,2} § 2 § 3 is more than 2",
        "a{1000001} § 3 § a repetition may go to 1000000 times",
        "(a)\\1 § 4 § references back to a group are not supported",
        "(?<n>a)\\k<n> § 8 § references back to a group are not supported",
        "a(?=b) § 2 § looking ahead or behind is not supported",
        "(?<!b)a § 1 § looking ahead or behind is not supported",
        "(?i)a § 1 § there is no such kind of group; there are (…), (?:…) and (?<name>…)",
        "\\bword § 1 § word boundaries are not supported",
        "a\\q § 2 § there is no escape \\q",
        "a\\ § 3 § expected what the backslash escapes, not the end of the text",
        "[b-a] § 2 § 'b' comes after 'a'",
        "[\\d-z] § 2 § a range goes from one character to another",
        "\\u12 § 5 § expected 4 hexadecimal digits, not the end of the text",
        "\\x{110000} § 4 § U+110000 is no code point",
        "\\uD800 § 1 § U+D800 is half a character",
        "a^b § 2 § \"^\" can only stand at the start",
        "a$b § 2 § \"$\" can only stand at the end",
        "(^a)* § 1 § \"^\" and \"$\" cannot be repeated",
      })
  void refusesWithThePlace(String pattern, int column, String problem) {
    var refusal =
        assertThrows(GrammarException.class, () -> RegularExpression.anywhere(pattern.strip()));
    assertEquals("line 1, column %d: %s".formatted(column, problem), refusal.getMessage());
    assertEquals(column, refusal.column());
  }

  @Test
  void refusesAnUnknownProperty() {
    var refusal =
        assertThrows(GrammarException.class, () -> RegularExpression.parse("\\p{Nonsense}"));
    assertEquals(
        "line 1, column 1: there is no property \"Nonsense\"; there are general categories such as"
            + " L and Lu, and scripts such as Script=Greek",
        refusal.getMessage());
  }

  @Test
  void refusesGroupsThatAreNestedTooDeep() {
    var refusal =
        assertThrows(
            GrammarException.class,
            () -> RegularExpression.parse("(".repeat(5000) + ")".repeat(5000)));
    assertEquals("line 1, column 101: groups may be nested 100 deep", refusal.getMessage());
  }
}
