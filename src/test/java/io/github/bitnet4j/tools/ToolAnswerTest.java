package io.github.bitnet4j.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.constraint.Vocabularies;
import io.github.bitnet4j.text.EncodeOptions;
import io.github.bitnet4j.text.TokenType;
import io.github.bitnet4j.text.ToolCall;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolAnswerTest {
  @Test
  void wordsAloneAreNoCall() {
    for (var form : ToolForm.values()) {
      assertEquals(new ToolAnswer(" Hi {1} ", List.of()), ToolAnswer.parse(form, " Hi {1} ", 0));
    }
  }

  @Test
  void callsBetweenMarksAreReadWithTheWordsAroundThem() {
    String answer =
        "Let me see.\n<tool_call>{\"name\":\"a\",\n\"arguments\":{\"x\":1.50}}</tool_call>\n"
            + "<tool_call>\n{\"name\": \"b\", \"parameters\": {\"t\": \"</tool_call>\"}}\n"
            + "</tool_call>";
    assertEquals(
        new ToolAnswer(
            "Let me see.",
            List.of(
                new ToolCall("call_4", "a", "{\"x\":1.50}"),
                new ToolCall("call_5", "b", "{\"t\":\"</tool_call>\"}"))),
        ToolAnswer.parse(ToolForm.HERMES, answer, 3));
  }

  @Test
  void aListOfCallsIsRead() {
    String answer =
        "<tool_call>\n[ {\"name\":\"a\",\"arguments\":{}}, {\"name\":\"b\",\"arguments\":{}} ]\n"
            + "</tool_call>";
    assertEquals(
        List.of(new ToolCall("call_1", "a", "{}"), new ToolCall("call_2", "b", "{}")),
        ToolAnswer.parse(ToolForm.FALCON3, answer, 0).calls());
  }

  @Test
  void anAnswerThatIsAnObjectIsACallIfItHasItsMembers() {
    assertEquals(
        List.of(new ToolCall("call_1", "a", "{\"x\":[]}")),
        ToolAnswer.parse(ToolForm.LLAMA3, "\n{\"name\":\"a\",\"parameters\":{\"x\":[]}}", 0)
            .calls());
    assertEquals(
        new ToolAnswer("{\"x\":1}", List.of()), ToolAnswer.parse(ToolForm.LLAMA3, "{\"x\":1}", 0));
  }

  @Test
  void theTagOfLlamaBelongsToTheCall() {
    String call = "{\"name\":\"a\",\"parameters\":{}}";
    assertEquals(
        new ToolAnswer("", List.of(new ToolCall("call_1", "a", "{}"))),
        ToolAnswer.parse(ToolForm.LLAMA3, "<|python_tag|>" + call, 0));
    assertEquals(
        new ToolAnswer("<|python_tag|>print(1)", List.of()),
        ToolAnswer.parse(ToolForm.LLAMA3, "<|python_tag|>print(1)", 0));
  }

  @Test
  void marksThatAreControlTokensAreSeenAmongTheTokens() {
    var tokenizer =
        Vocabularies.withAdded(TokenType.CONTROL, "<tool_call>", "</tool_call>", "<|other|>");
    String answer = "Hm.<|other|><tool_call>{\"name\":\"a\",\"arguments\":{}}</tool_call></s>";
    int[] tokens = tokenizer.encode(answer, EncodeOptions.TEXT_ONLY.withParseSpecial(true));
    assertEquals(
        new ToolAnswer("Hm.", List.of(new ToolCall("call_3", "a", "{}"))),
        ToolAnswer.parse(ToolForm.HERMES, tokenizer, tokens, 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          HERMES | <tool_call>{"name":"a","arguments":{}}        | call 1 has no </tool_call>
          HERMES | <tool_call>                                   | call 1 is cut off
          HERMES | <tool_call>{"name":"a","arg                   | call 1 is not JSON at line 1, column
          HERMES | <tool_call>{"name":a}</tool_call>             | call 1 is not JSON at line 1, column 20
          HERMES | <tool_call>{"arguments":{}}</tool_call>       | call 1 has no "name"
          HERMES | <tool_call>{"name":"a"}</tool_call>           | call 1 has no "arguments"
          HERMES | <tool_call>{"name":"a","arguments":[]}</tool_call> | call 1 has no "arguments"
          FALCON3 | <tool_call>[{"name":"a","arguments":{}},7]</tool_call> | call 2 has no "name"
          LLAMA3 | {"name":"a","parameters":{                    | call 1 is not JSON
          LLAMA3 | {"name":"a","parameters":{"x":[1              | expected close marker for Array
          """)
  void aBrokenCallIsRefusedWithItsNumber(ToolForm form, String answer, String reason) {
    var e = assertThrows(IllegalArgumentException.class, () -> ToolAnswer.parse(form, answer, 0));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertFalse(e.getMessage().contains("REDACTED"), e.getMessage());
  }
}
