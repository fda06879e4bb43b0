package io.github.bitnet4j.text.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is expected here is what Jinja 3.1 writes, set as Hugging Face sets it. */
class JinjaTemplateTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 7, 4, 9, 5, 6);
  private static final Map<String, Object> VARIABLES =
      Map.of(
          "messages",
          List.of(
              Map.of("role", "user", "content", Str.content("Hi")),
              Map.of("role", "assistant", "content", Str.content("Yo"))),
          "nothing",
          Optional.empty());

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      textBlock =
          """
          7 // 2                                 § 3
          -7 // 2                                § -4
          -7 % 3                                 § 2
          7 / 2                                  § 3.5
          1e16                                   § 1e+16
          0.00001                                § 1e-05
          100000000.0                            § 100000000.0
          1 ~ 'a' ~ none ~ true                  § 1aNoneTrue
          2 * 'ab'                               § abab
          [1, 2] + [3]                           § [1, 2, 3]
          1 < 2 > 3                              § False
          not 1 == 2                             § True
          1 == 1.0                               § True
          2 in [1, 2]                            § True
          'z' not in {'a': 1}                    § True
          'a' if false else 'b'                  § b
          ('a' if false) is defined              § False
          false or 'x'                           § x
          '' and 'x' ~ 'y'                       § ``
          'abcdef'[1:4]                          § bcd
          'abcdef'[::-1]                         § fedcba
          'abcdef'[-2:]                          § ef
          [1, 2, 3][2:0:-1]                      § [3, 2]
          'abc'[-1]                              § c
          '🙂x'[1]                               § x
          {'a': {'b': 2}}.a.b                    § 2
          {'get': 5}['get']                      § 5
          {'a': 1}.get('b', 'c')                 § c
          {'a': 1}.items() | list                § [('a', 1)]
          {'a': 1}.keys() | list                 § ['a']
          {'a': 1}.values() | list               § [1]
          'a,b'.split(',')                       § ['a', 'b']
          ' a  b '.split()                       § ['a', 'b']
          'a b c'.split(' ', 1)                  § ['a', 'b c']
          ' x '.strip() ~ '|'                    § x|
          'xxa'.lstrip('x')                      § a
          'axx'.rstrip('x')                      § a
          'ab'.startswith(('x', 'a'))            § True
          'ab'.endswith('b')                     § True
          'aB'.upper() ~ 'aB'.lower()            § ABab
          'hello world'.title()                  § Hello World
          'ab'.replace('', '-')                  § -a-b-
          'abcabc'.find('c')                     § 2
          'abcabc'.count('b')                    § 2
          'HELLO' | capitalize                   § Hello
          'ß' | upper                            § SS
          ' x ' | trim                           § x
          '🙂x' | length                         § 2
          missing | default('d')                 § d
          '' | default('d', true)                § d
          [1, none, true, 1.5] | tojson          § [1, null, true, 1.5]
          ['a', 'b'] | join(', ')                § a, b
          [1, 2, 3] | first ~ [1] | last         § 11
          'aXa' | replace('a', 'bb')             § bbXbb
          'abc' | list                           § ['a', 'b', 'c']
          {'x': 1} | items | list                § [('x', 1)]
          messages | map(attribute='role') | list                       § ['user', 'assistant']
          messages | selectattr('role', 'equalto', 'user') | list | length  § 1
          messages | rejectattr('role', 'equalto', 'user') | list | length  § 1
          [0, 1, 2] | select | list              § [1, 2]
          [1, 2, 3] | reject('gt', 1) | list     § [1]
          ['a', 'b'] | map('upper') | join       § AB
          '3' | int + 1                          § 4
          'q' | int(9)                           § 9
          '1.5' | float                          § 1.5
          42 | string ~ '!' | safe               § 42!
          ['b', 'a', 'C'] | sort                 § ['a', 'b', 'C']
          [1, 1, 2] | unique | list              § [1, 2]
          'abc' | reverse                        § cba
          -3 | abs                               § 3
          {'b': 1, 'a': 2} | dictsort            § [('a', 2), ('b', 1)]
          messages is defined                    § True
          missing is undefined                   § True
          nothing is none                        § True
          'a' is string                          § True
          {} is mapping                          § True
          [] is iterable                         § True
          1 is sequence                          § False
          1 is number                            § True
          true is boolean                        § True
          true is true                           § True
          0 is false                             § False
          1 is equalto 1                         § True
          1 is not equalto(2)                    § True
          4 is divisibleby 2                     § True
          3 is odd and 4 is even                 § True
          range(2, 9, 3) | list                  § [2, 5, 8]
          strftime_now('%d %b %Y %H:%M')         § 04 Jul 2026 09:05
          """)
  void anExpressionHasTheValueJinjaGivesIt(String expression, String expected) {
    assertEquals(expected, render("{{ " + expression + " }}"));
  }

  @Test
  void jsonCanBeIndented() {
    assertEquals(
        "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}",
        render("{{ {'a':[1],'b':{}}|tojson(indent=2) }}"));
  }

  @Test
  void aMacroCallsTheBodyOfACallBlock() {
    assertEquals(
        "<1:a2><2:a2>",
        render(
            "{% macro each(list) %}{% for i in list %}<{{ i }}:{{ caller(list | length) }}>"
                + "{% endfor %}{% endmacro %}{% set x = 'a' %}"
                + "{% call(n) each([1, 2]) %}{{ x ~ n }}{% endcall %}"));
    assertEquals(
        "[b]", render("{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}b{% endcall %}"));
    assertEquals(
        "none",
        render(
            "{% macro inner() %}{{ 'none' if caller is undefined }}{% endmacro %}"
                + "{% macro outer() %}{{ inner() }}{% endmacro %}"
                + "{% call outer() %}b{% endcall %}"));
  }

  @Test
  void aListMayBeSpreadOverArguments() {
    assertEquals(
        "1-2-3",
        render("{% macro m(a, b, c) %}{{ a }}-{{ b }}-{{ c }}{% endmacro %}{{ m(1, *[2, 3]) }}"));
    assertEquals("[2, 3]", render("{{ range(*[2, 4]) | list }}"));
  }

  @Test
  void tojsonTakesTheOptionsOfPythonsDumps() {
    assertEquals(
        "{\"b\":[1,2],\"a\":3}",
        render("{{ {'b': [1, 2], 'a': 3} | tojson(separators=(',', ':')) }}"));
    assertEquals(
        "{\"a\": 3, \"b\": {\"x\": 1, \"y\": 2}}",
        render("{{ {'b': {'y': 2, 'x': 1}, 'a': 3} | tojson(sort_keys=true) }}"));
    assertEquals(
        "\"\\u00fc\\ud83d\\ude42~\\u007f\"",
        render("{{ 'ü🙂~\u007f' | tojson(ensure_ascii=true) }}"));
    assertEquals("\"ü\"", render("{{ 'ü' | tojson(ensure_ascii=false, indent=none) }}"));
  }

  @Test
  void linesAreIndentedButNotTheFirstAndEmptyOnes() {
    assertEquals("a\n    b\n\n    c", render("{{ 'a\\nb\\n\\nc' | indent }}"));
  }

  @Test
  void loopsTellWhereTheyAre() {
    assertEquals(
        "1/3:a>b 2/3:b>c 3/3:c> ",
        render(
            "{% for x in 'abc' %}{{ loop.index }}/{{ loop.length }}:{{ x }}>{{ loop.nextitem }}"
                + " {% endfor %}"));
  }

  @Test
  void loopsFilterSkipEndAndHaveAnElse() {
    assertEquals(
        "1",
        render(
            "{% for i in range(9) if i % 2 %}{% if i > 2 %}{% break %}{% endif %}{{ i }}{% endfor"
                + " %}"));
    assertEquals(
        "0134",
        render(
            "{% for i in range(5) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}"));
    assertEquals("none", render("{% for i in [] %}{{ i }}{% else %}none{% endfor %}"));
    assertEquals("a=1;", render("{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }};{% endfor %}"));
  }

  @Test
  void conditionsChooseTheFirstBranchThatHolds() {
    assertEquals("b", render("{% if 0 %}a{% elif 1 %}b{% elif 1 %}c{% else %}d{% endif %}"));
    assertEquals("d", render("{% if 0 %}a{% elif '' %}b{% else %}d{% endif %}"));
  }

  @Test
  void variablesSetInALoopEndWithItButANamespaceLasts() {
    assertEquals(
        "0 2",
        render(
            "{% set x = 0 %}{% set n = namespace(x=0) %}{% for i in [1, 2] %}{% set x = i %}"
                + "{% set n.x = i %}{% endfor %}{{ x }} {{ n.x }}"));
    assertEquals(
        "1 2 <b>",
        render("{% set a, b = 1, 2 %}{{ a }} {{ b }} {% set c %}<b>{% endset %}{{ c }}"));
  }

  @Test
  void macrosHaveDefaultsAndNamedArguments() {
    assertEquals(
        "[a!][b?]",
        render(
            "{% macro m(x, y='!') %}[{{ x }}{{ y }}]{% endmacro %}{{ m('a') }}{{ m(y='?', x='b')"
                + " }}"));
  }

  @Test
  void whiteSpaceIsTreatedAsHuggingFaceSetsIt() {
    assertEquals("a\n  b\n", render("a\n  {% if true %}\n  b\n  {% endif %}\n"));
    assertEquals("ab", render("a  \n {%- if true -%} \n b {%- endif %}"));
    assertEquals("  x", render("  {%+ if true %}x{% endif %}"));
    assertEquals("a\n", render("a\n   {# line #}\n"));
    assertEquals("{{ x }}", render("{% raw %}{{ x }}{% endraw %}"));
  }

  @Test
  void generationBlocksOnlyMarkWhatTheModelSaid() {
    assertEquals("a", render("{% generation %}a{% endgeneration %}"));
  }

  @Test
  void contentIsToldFromTheTemplatesOwnText() {
    var text =
        JinjaTemplate.parse("<{{ messages[0].content | upper }}>")
            .render(VARIABLES, NOW, Limits.DEFAULT);
    assertEquals(
        List.of(new Str.Span("<", false), new Str.Span("HI", true), new Str.Span(">", false)),
        text.spans());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      textBlock =
          """
          {% if true %}x                  § 1 § 4 § not ended by 'endif'
          a{{ 1 +                         § 1 § 2 § not ended by '}}'
          {{ 1 + }}                       § 1 § 8 § expected an expression but found '}}'
          {{ 'a }}                        § 1 § 4 § string is not ended
          {# a                            § 1 § 1 § comment is not ended
          {% include 'x' %}               § 1 § 4 § unknown statement 'include'
          {% break %}                     § 1 § 4 § outside a loop
          {{ 1 | nosuch }}                § 1 § 8 § no filter 'nosuch'
          {{ 1 is nosuch }}               § 1 § 9 § no test 'nosuch'
          {{ missing.x }}                 § 1 § 11 § 'missing' is undefined
          {{ missing() }}                 § 1 § 11 § cannot be called
          {{ 1 + 'a' }}                   § 1 § 6 § cannot join an integer and a string
          {{ 1 < 'a' }}                   § 1 § 6 § have no order
          {{ 1 // 0 }}                    § 1 § 6 § divides by zero
          {{ 1.5 % 0 }}                   § 1 § 8 § divides by zero
          {{ 1 / 0 }}                     § 1 § 6 § divides by zero
          {{ 9223372036854775807 + 1 }}   § 1 § 24 § overflow
          {{ raise_exception('no!') }}    § 1 § 19 § refuses: no!
          {% set a.b = 1 %}               § 1 § 4 § only a namespace's
          {% for a, b in [1] %}{% endfor %}   § 1 § 4 § cannot be iterated over
          {{ 'a'.__class__.x }}           § 1 § 17 § is undefined
          {{ 'a' | trim(1, 2) }}          § 1 § 10 § at most 1 arguments
          {{ strftime_now('%Q') }}        § 1 § 16 § does not know %Q
          """)
  void anErrorNamesItsPlace(String template, int line, int column, String problem) {
    var e = assertThrows(JinjaException.class, () -> render(template));
    assertTrue(e.getMessage().contains(problem), e::getMessage);
    assertEquals(line + ":" + column, e.line() + ":" + e.column(), e::getMessage);
  }

  @Test
  void anErrorNamesItsLine() {
    var e = assertThrows(JinjaException.class, () -> render("a\r\nb\n  {{ 1 + none }}"));
    assertEquals("line 3, column 8: '+' cannot join an integer and none", e.getMessage());
  }

  @Test
  void theSandboxHasNoWayToJava() {
    for (var name : List.of("getClass", "class", "__class__", "format", "length", "text")) {
      assertEquals("False", render("{{ 'a'." + name + " is defined }}"));
      assertEquals("False", render("{{ range." + name + " is defined }}"));
    }
  }

  @Test
  void stepsAreLimited() {
    assertExceeds(
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        new Limits(1000, 1 << 20, 1 << 20, 100, Duration.ofHours(1)), "more than the 1000 steps");
  }

  @Test
  void outputIsLimited() {
    assertExceeds(
        "{% for a in range(99) %}0123456789{% endfor %}",
        new Limits(100_000, 500, 1 << 20, 100, Duration.ofHours(1)),
        "writes more than the 500 characters");
  }

  @Test
  void textMadeOnTheWayIsLimited() {
    assertExceeds(
        "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor"
            + " %}",
        new Limits(100_000, 1 << 20, 1 << 20, 100, Duration.ofHours(1)),
        "more text than the 1048576 characters");
    assertExceeds(
        "{{ 'a' * 999999999999 }}",
        new Limits(100_000, 1 << 20, 1 << 20, 100, Duration.ofHours(1)),
        "more text than the 1048576 characters");
  }

  @Test
  void macrosThatCallThemselvesAreStopped() {
    assertExceeds(
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", Limits.DEFAULT, "nests deeper");
  }

  @Test
  void valuesThatHoldThemselvesOverAndOverAreStopped() {
    var grow =
        "{% set n = namespace(x=[1]) %}{% for i in range(70) %}{% set n.x = [n.x, n.x] %}{% endfor"
            + " %}";
    var limits = new Limits(100_000, 1 << 20, 1 << 20, 100, Duration.ofHours(1));
    assertExceeds(grow + "{{ n.x }}", limits, "more than");
    assertExceeds(grow + "{{ n.x | tojson }}", limits, "more than");
    assertExceeds(grow + "{% set y = n.x %}{{ [y, y] == [n.x, n.x] }}", limits, "more than");
  }

  @Test
  void timeIsLimited() {
    assertExceeds(
        "{% for a in range(99999) %}{% endfor %}",
        new Limits(Long.MAX_VALUE, 1 << 20, 1 << 20, 100, Duration.ofNanos(1)), "takes longer");
  }

  @Test
  void sourceThatNestsTooDeepIsRefused() {
    var e =
        assertThrows(
            JinjaException.class,
            () -> JinjaTemplate.parse("{{ " + "(".repeat(1000) + ")".repeat(1000) + " }}"));
    assertTrue(e.getMessage().contains("nests deeper"), e::getMessage);
    var chain = "{{ 1" + " + 1".repeat(100_000) + " }}";
    assertExceeds(chain, Limits.DEFAULT, "nests deeper");
  }

  @Test
  void noSourceMakesTheParserFailInAnyOtherWay() {
    var source =
        "{%- for m in messages if m.role %}{{ m['content'][1:] | trim(1) }}{#x#}{% endfor %}";
    int refused = 0;
    for (int cut = 0; cut < source.length(); cut++) {
      for (var changed : List.of(source.substring(0, cut), source.substring(cut))) {
        try {
          JinjaTemplate.parse(changed);
        } catch (JinjaException e) {
          refused++;
          assertFalse(e.getMessage().isBlank());
        }
      }
    }
    assertTrue(refused > source.length() / 2);
  }

  private static void assertExceeds(String source, Limits limits, String problem) {
    var e =
        assertThrows(
            JinjaException.class, () -> JinjaTemplate.parse(source).render(VARIABLES, NOW, limits));
    assertTrue(e.getMessage().contains(problem), e::getMessage);
  }

  private static String render(String source) {
    return JinjaTemplate.parse(source).render(VARIABLES, NOW, Limits.DEFAULT).text();
  }
}
