package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChatTemplatesTest {
  private static final Tokenizer LLAMA3 =
      Tokenizer.of(Llama3Slice.published(), Compatibility.HUGGING_FACE);
  private static final ChatTemplate HF = ChatTemplates.bitNet2b4t();

  private static final String BITNET =
      "{{ bos_token }}{% for m in messages %}{{ m['role'] | capitalize + ': ' + m['content'] | trim"
          + " + '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}{{ 'Assistant: ' }}"
          + "{% endif %}";

  @Test
  void templatesAreFoundByName() {
    assertEquals(
        List.of(
            "bitnet-2b4t", "bitnet-2b4t-cpp", "llama3", "falcon3", "falcon-e", "chatml", "qwen"),
        ChatTemplates.names());
    assertEquals(Optional.of(HF), ChatTemplates.named("bitnet-2b4t"));
    assertEquals(Optional.empty(), ChatTemplates.named("nobody"));
  }

  @Test
  void theWrongTemplateOfThePublishedFileIsCorrectedWithANote() {
    var choice =
        choice("{{ 'Human: ' + m + '\n\nBITNETAssistant: ' }}", Compatibility.HUGGING_FACE);
    assertEquals(HF, choice.template());
    assertTrue(choice.note().orElseThrow().contains("wrong template"));
  }

  @Test
  void theWrongTemplateOfThePublishedFileMeansBitnetCppsOwnFormForParity() {
    var choice = choice("{{ '\n\nBITNETAssistant: ' }}", Compatibility.BITNET_CPP);
    assertEquals(new ChatTemplates.Choice(ChatTemplates.bitNetCpp(), Optional.empty()), choice);
  }

  @Test
  void theFilesOwnTemplateGivesTheTokensOfTheBuiltInOne() {
    var choice = choice(BITNET, Compatibility.HUGGING_FACE);
    assertEquals("embedded", choice.template().name());
    assertEquals(Optional.empty(), choice.note());
    for (boolean prompt : new boolean[] {false, true}) {
      var chat =
          List.of(
              ChatMessage.system(" Be brief. "),
              ChatMessage.user("Hi<|eot_id|>"),
              ChatMessage.assistant("Hello!"),
              ChatMessage.user("\n"));
      assertArrayEquals(
          HF.encode(LLAMA3, chat, prompt), choice.template().encode(LLAMA3, chat, prompt));
    }
  }

  @Test
  void aTemplateThatCannotBeReadIsReplacedWithANoteThatSaysWhere() {
    var choice = choice("ab\n{% include 'x' %}", Compatibility.HUGGING_FACE);
    assertEquals(HF, choice.template());
    assertEquals(
        "tokenizer.chat_template cannot be used (line 2, column 4: unknown statement 'include');"
            + " chats use bitnet-2b4t instead",
        choice.note().orElseThrow());
  }

  @Test
  void aFileWithoutATemplateIsGivenOneWithANote() {
    var choice = ChatTemplates.forModel(Llama3Slice.published(), Compatibility.HUGGING_FACE);
    assertEquals(HF, choice.template());
    assertEquals(
        "tokenizer.chat_template is absent; chats use bitnet-2b4t", choice.note().orElseThrow());
  }

  private static ChatTemplates.Choice choice(String source, Compatibility compatibility) {
    var data =
        new TokenizerData(
            "gpt2",
            Optional.empty(),
            List.of("a"),
            List.of(),
            new float[0],
            List.of(),
            SpecialTokens.NONE,
            Optional.empty(),
            Optional.of(source));
    return ChatTemplates.forModel(data, compatibility);
  }
}
