package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatTemplateTest {
  private static final Tokenizer LLAMA3 =
      Tokenizer.of(Llama3Slice.published(), Compatibility.HUGGING_FACE);
  private static final ChatTemplate HF = ChatTemplates.bitNet2b4t();
  private static final ChatTemplate CPP = ChatTemplates.bitNetCpp();

  @Test
  void aQuestionIsRenderedAsTheModelWasTrained() {
    assertEquals(
        "[BOS]User: Hi<|eot_id|>Assistant: ",
        RenderedChat.rendered(HF, true, ChatMessage.user("Hi")));
  }

  @Test
  void everyMessageEndsItsTurnAndIsTrimmed() {
    assertEquals(
        "[BOS]System: Be brief.<|eot_id|>User: Hi<|eot_id|>Assistant: Hello!<|eot_id|>",
        RenderedChat.rendered(
            HF,
            false,
            ChatMessage.system(" Be brief.\n"),
            ChatMessage.user("\u00A0Hi \u0085"),
            ChatMessage.assistant("Hello!")));
  }

  @Test
  void bitnetCppEndsOnlyUserTurnsAndAlwaysIntroducesTheAnswer() {
    assertEquals(
        "[BOS]System: Be brief.User: Hi<|eot_id|>Assistant: Hello!User: Bye<|eot_id|>Assistant: ",
        RenderedChat.rendered(
            CPP,
            false,
            ChatMessage.system("Be brief."),
            ChatMessage.user("Hi"),
            ChatMessage.assistant("Hello!"),
            ChatMessage.user("Bye")));
  }

  @Test
  void textOfTemplateAndMessageIsEncodedAsOne() {
    int[] user = LLAMA3.encode("User: Hi", EncodeOptions.TEXT_ONLY);
    int[] answer = LLAMA3.encode("Assistant: ", EncodeOptions.TEXT_ONLY);
    var expected = new IntList();
    expected.add(Llama3Slice.BOS);
    expected.addAll(user);
    expected.add(Llama3Slice.EOT);
    expected.addAll(answer);
    assertArrayEquals(expected.toArray(), HF.encode(LLAMA3, List.of(ChatMessage.user("Hi")), true));
  }

  @Test
  void aVocabularyWithoutTheMarkerIsRefused() {
    var data = SeededMerges.data("default", 10, 1);
    var tokenizer = Tokenizer.of(data, Compatibility.HUGGING_FACE);
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> HF.encode(tokenizer, List.of(ChatMessage.user("Hi")), true));
    assertTrue(refusal.getMessage().contains("needs the control token <|eot_id|>"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          llama3!<B><|start_header_id|>user<|end_header_id|>\\n\\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\\n\\n
          falcon3!<|user|>\\nHi\\n<|assistant|>\\n
          falcon-e!<|user|>\\nHi\\n<|assistant|>\\n
          chatml!<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\n
          qwen!<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\n
          """)
  void aBuiltInTemplateRendersAQuestion(String name, String expected) {
    var template = ChatTemplates.named(name).orElseThrow();
    assertEquals(
        expected.replace("\\n", "\n").replace("<B>", "<|begin_of_text|>"),
        RenderedChat.rendered(template, true, ChatMessage.user("Hi")));
  }

  @Test
  void contentInPartsIsJoinedByLineBreaksForATemplateThatTakesText() {
    var template =
        ChatTemplates.parse("test", "{% for m in messages %}{{ m.content }}{% endfor %}");
    assertEquals("a\nb", RenderedChat.rendered(template, true, RenderedChat.inParts("a", "b")));
    assertEquals(
        "[BOS]User: a\nb<|eot_id|>",
        RenderedChat.rendered(HF, false, RenderedChat.inParts("a", "b")));
  }

  @Test
  void contentInPartsIsGivenAsAListToATemplateThatTakesOne() {
    var template =
        ChatTemplates.parse(
            "test",
            "{% for m in messages %}{% if m.content is string %}{{ m.content }}{% else %}"
                + "{% for p in m.content if p.type == 'text' %}<{{ p.text }}>{% endfor %}"
                + "{% endif %}{% endfor %}");
    assertEquals("<a><b>", RenderedChat.rendered(template, true, RenderedChat.inParts("a", "b")));
    assertEquals("a", RenderedChat.rendered(template, true, RenderedChat.inParts("a")));
  }
}
