package io.github.bitnet4j.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GbnfTest {
  private static final ConstraintCompiler COMPILER =
      new ConstraintCompiler(Vocabularies.withPieces());

  static Stream<Arguments> grammars() {
    return Stream.of(
        Arguments.of("root ::= \"yes\" | \"no\"", List.of("yes", "no"), List.of("", "yesno", "ye")),
        Arguments.of("root ::= [a-c]+ # letters", List.of("a", "abc"), List.of("", "d", "abd")),
        Arguments.of("root ::= [^a-c\\n]", List.of("d", "é", "😀"), List.of("a", "\n", "dd")),
        Arguments.of("root ::= \"a\"?", List.of("", "a"), List.of("aa")),
        Arguments.of("root ::= \"ab\"{2}", List.of("abab"), List.of("ab", "abb", "ababab")),
        Arguments.of("root ::= \"a\"{ 2 , }", List.of("aa", "aaaa"), List.of("a", "")),
        Arguments.of("root ::= \"a\"{0,2}", List.of("", "a", "aa"), List.of("aaa")),
        Arguments.of("root ::= . .", List.of("é\n", "😀a"), List.of("a", "abc")),
        Arguments.of(
            "root ::= \"\\x41\\u00e9\\U0001F600\\t\\\\\\\"\\[\\]\"",
            List.of("Aé😀\t\\\"[]"),
            List.of("A")),
        Arguments.of("root ::= [\\]a-]+", List.of("]-a"), List.of("b")),
        Arguments.of("root ::= [a-]", List.of("a", "-"), List.of("b")),
        Arguments.of("root ::= | \"a\"", List.of("", "a"), List.of("b")),
        Arguments.of(
            """
            # A list.
            root  ::= item
                    | item ( "," # more
                        item )*
                    |
                      "none"

            item  ::= ( "x"
              | "y" [0-9] )
            """,
            List.of("x", "y1,x", "none"),
            List.of("y", "x,", "x,none")),
        Arguments.of("root ::= \"(\" root \")\" | \"\"", List.of("", "(())"), List.of("(", ")(")),
        Arguments.of("a-1 ::= \"b\"\r\nroot ::=\r\n a-1\r\n", List.of("b"), List.of("a")));
  }

  @ParameterizedTest
  @MethodSource("grammars")
  void describes(String grammar, List<String> texts, List<String> others) {
    var constraint = COMPILER.compile(Gbnf.parse(grammar));
    assertEquals(
        texts, Stream.concat(texts.stream(), others.stream()).filter(constraint::matches).toList());
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("", 1, 1, "there is no rule \"root\", which describes a text"),
        Arguments.of("a ::= \"b\"\n", 2, 1, "there is no rule \"root\", which describes a text"),
        Arguments.of("root ::= a b\na ::= \"x\"", 1, 12, "there is no rule \"b\""),
        Arguments.of("root = \"a\"", 1, 6, "expected \"::=\" after the name of a rule, not '='"),
        Arguments.of("::= \"a\"", 1, 1, "expected the name of a rule, not ':'"),
        Arguments.of("root ::= \"a", 1, 10, "there is no '\"' that ends this text"),
        Arguments.of("root ::= \"a\nb\"", 1, 10, "there is no '\"' that ends this text"),
        Arguments.of("root ::= [a", 1, 10, "there is no ']' that ends this class"),
        Arguments.of("root ::= [b-a]", 1, 11, "'b' comes after 'a'"),
        Arguments.of(
            "root ::= (\"a\"",
            1,
            14,
            "expected \")\" or more of the group, not the end of the text"),
        Arguments.of(
            "root ::= \"a\")",
            1,
            13,
            "expected the end of the line or more of rule \"root\", not ')'"),
        Arguments.of(
            "root ::= *", 1, 10, "expected the end of the line or more of rule \"root\", not '*'"),
        Arguments.of("root ::= \"a\"{x}", 1, 14, "expected a number of repetitions, not 'x'"),
        Arguments.of(
            "root ::= \"a\"{2",
            1,
            15,
            "expected \"}\" after the number of repetitions, not the end of the text"),
        Arguments.of("root ::= \"a\"{3,2}", 1, 13, "3 is more than 2"),
        Arguments.of("root ::= \"a\"{9999999}", 1, 14, "a repetition may go to 1000000 times"),
        Arguments.of(
            "root ::= \"\\q\"",
            1,
            11,
            "there is no such escape; there are \\n"
                + " \\r"
                + " \\t \\\\ \\\" \\[ \\] \\xHH \\uHHHH \\UHHHHHHHH"),
        Arguments.of("root ::= \"\\x4\"", 1, 14, "expected 2 hexadecimal digits, not '\"'"),
        Arguments.of("root ::= \"\\uD800\"", 1, 11, "U+D800 is a surrogate, which is no character"),
        Arguments.of("root ::= \"\\U00110000\"", 1, 13, "U+110000 is no code point"),
        Arguments.of("root ::= <a", 1, 10, "there is no '>' that ends this token"),
        Arguments.of("root ::= <[x]>", 1, 12, "expected the id of a token, not 'x'"),
        Arguments.of("root ::= <[1>", 1, 13, "expected \"]>\" after the id of a token, not '>'"),
        Arguments.of("root ::= <[9999999999]>", 1, 10, "no token has such an id"),
        Arguments.of("root ::= !\"a\"", 1, 11, "expected a token in angle brackets, not '\"'"),
        Arguments.of("root ::= \"a\"\nroot ::= \"b\"", 2, 1, "there are two rules \"root\""),
        Arguments.of("root ::= \"a\"\n  \"b\"", 2, 3, "expected the name of a rule, not '\"'"),
        Arguments.of(
            "root ::= \"\uD800\"", 1, 11, "there is an unpaired surrogate, which is no character"),
        Arguments.of("root ::= " + "(".repeat(300), 1, 210, "parentheses may be nested 200 deep"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesWithThePlace(String grammar, int line, int column, String problem) {
    var refusal = assertThrows(GrammarException.class, () -> Gbnf.parse(grammar));
    assertEquals("line %d, column %d: %s".formatted(line, column, problem), refusal.getMessage());
    assertEquals(List.of(line, column), List.of(refusal.line(), refusal.column()));
  }

  static Stream<Arguments> useless() {
    return Stream.of(
        Arguments.of(
            "root ::= root \"a\" | \"a\"",
            "rule \"root\" begins with itself (root → root); write what repeats as a repetition,"
                + " x* or x+"),
        Arguments.of(
            "root ::= x\nx ::= y? z\ny ::= \"y\"\nz ::= [a]* x \"b\" | \"c\"",
            "rule \"x\" begins with itself (x → z → x); write what repeats as a repetition,"
                + " x* or x+"),
        Arguments.of(
            IntStream.range(0, 30)
                .mapToObj(i -> "r%d ::= r%d | \"a\"%n".formatted(i, (i + 1) % 30))
                .collect(Collectors.joining("", "root ::= r0\n", "")),
            "rule \"r0\" begins with itself (r0 → r1 → r2 → r3 → … → r26 → r27 → r28 → r29 → r0);"
                + " write what repeats as a repetition, x* or x+"),
        Arguments.of(
            "root ::= \"a\" root", "no text is allowed: rule \"root\" never comes to an end"),
        Arguments.of(
            "root ::= \"a\" | <|x|>",
            "the grammar names token \"<|x|>\", which the vocabulary does not have"),
        Arguments.of(
            "root ::= <[7654321]>",
            "the grammar names token 7654321, which the vocabulary does not have"),
        Arguments.of(
            "root ::= <s> </s>",
            "the grammar names token \"</s>\", which ends texts: it may come where a text is"
                + " complete, and nowhere else"),
        Arguments.of("root ::= []", "no text is allowed: rule \"root\" never comes to an end"));
  }

  @ParameterizedTest
  @MethodSource("useless")
  void whatCanBeReadButNotUsedIsRefusedWhenCompiled(String grammar, String problem) {
    var read = Gbnf.parse(grammar);
    var refusal = assertThrows(IllegalArgumentException.class, () -> COMPILER.compile(read));
    assertEquals(problem, refusal.getMessage());
  }

  @Test
  void randomTextsAreGrammarsOrRefused() {
    var random = new Random(1);
    var parts =
        List.of(
            "root",
            "::=",
            " ",
            "\n",
            "\"",
            "[",
            "]",
            "(",
            ")",
            "{",
            "}",
            "1",
            ",",
            "*",
            "|",
            "\\",
            "^",
            "-",
            "a",
            "x",
            "#",
            ".",
            "é",
            "\uD83D",
            "\"a\"",
            "root ::= ",
            "[a-z]");
    int read = 0;
    for (int i = 0; i < 200_000; i++) {
      var text = new StringBuilder(random.nextBoolean() ? "root ::= " : "");
      for (int n = random.nextInt(8); n >= 0; n--) {
        text.append(parts.get(random.nextInt(parts.size())));
      }
      read += readable(() -> Gbnf.parse(text.toString()));
      read += readable(() -> RegularExpression.anywhere(text.toString()));
    }
    assertTrue(read > 1000, "only " + read + " could be read");
  }

  private static int readable(Runnable reading) {
    try {
      reading.run();
      return 1;
    } catch (GrammarException _) {
      return 0;
    }
  }
}
