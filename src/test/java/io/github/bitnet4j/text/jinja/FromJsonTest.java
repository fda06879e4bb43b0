package io.github.bitnet4j.text.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FromJsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "true",
        "false",
        "0",
        "-12",
        "1.5",
        "9223372036854775807",
        "\"\"",
        "{\"a\": [1, {\"b\": null}], \"c\": \"d\"}",
        "\"ü🙂\\n\\t\\\"\\\\\\u0001\"",
      })
  void whatTojsonWritesIsReadAsItIs(String json) {
    assertEquals(json, written(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
           [ 1 ,\t2 ] !  [1, 2]
          1e2            ! 100.0
          -0.5E+1        ! -5.0
          9223372036854775808 ! 9.223372036854776e+18
          {"a":1,"a":2}  ! {"a": 2}
          "\\u00fc\\uD83D\\uDE42\\/"   ! "ü🙂/"
          """)
  void otherFormsOfTheSameValuesAreReadToo(String json, String expected) {
    assertEquals(expected, written(json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          ''          ! character 1: expected a value but found the end
          {           ! character 2: expected a name in quotes but found the end
          {a:1}       ! character 2: expected a name in quotes but found 'a'
          {"a" 1}     ! character 6: expected ':' but found '1'
          {"a":1,}    ! character 8: expected a name in quotes but found '}'
          [1 2]       ! character 4: expected ']' but found '2'
          [1,]        ! character 4: expected a value but found ']'
          "a          ! character 3: expected the quote that ends the string but found the end
          "\\x"       ! character 3: expected an escape but found 'x'
          "\\u12G4"   ! character 6: expected four hexadecimal digits but found 'G'
          01          ! character 2: expected the end but found '1'
          -           ! character 2: expected a value but found the end
          1.          ! character 3: expected a value but found the end
          truth       ! character 1: expected a value but found 't'
          null null   ! character 6: expected the end but found 'n'
          """)
  void whatIsNotJsonIsRefusedWithItsPlace(String json, String problem) {
    assertEquals(
        problem,
        assertThrows(IllegalArgumentException.class, () -> FromJson.read(json)).getMessage());
  }

  @Test
  void deepNestingIsRefused() {
    assertEquals("[".repeat(100) + "]".repeat(100), written("[".repeat(100) + "]".repeat(100)));
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> FromJson.read("[".repeat(101)));
    assertEquals("character 101: nests deeper than 100 levels", refusal.getMessage());
  }

  @Test
  void namesAndStringsAreContent() {
    var str =
        JinjaTemplate.parse("{% for k, v in value.items() %}{{ k ~ v }}{% endfor %}")
            .render(
                Map.of("value", FromJson.read("{\"k\": \"v\"}")),
                LocalDateTime.MIN,
                Limits.DEFAULT);
    assertEquals("kv", str.text());
    assertTrue(str.spans().stream().allMatch(Str.Span::content));
  }

  private static String written(String json) {
    return JinjaTemplate.parse("{{ value | tojson }}")
        .render(Map.of("value", FromJson.read(json)), LocalDateTime.MIN, Limits.DEFAULT)
        .text();
  }
}
