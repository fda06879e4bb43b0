package io.github.bitnet4j.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.text.ChatTemplate;
import io.github.bitnet4j.text.ChatTemplates;
import io.github.bitnet4j.text.Vocabulary;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The form of calls is found in what a template makes of them. */
class ToolFormTest {
  private static final String TELLS = "{% if tools %}{{ tools | tojson }}{% endif %}";

  private static BitNetModel model;
  private static Vocabulary vocabulary;

  @BeforeAll
  static void loadModel() throws Exception {
    model = BitNetModel.demo();
    vocabulary = model.tokenizer().vocabulary();
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  private static ChatTemplate template(String source) {
    return ChatTemplates.parse("test", source);
  }

  @Test
  void objectsBetweenMarksAreHermes() {
    var template =
        template(
            TELLS
                + "{% for m in messages %}{% for c in m.tool_calls or [] %}<tool_call>\n"
                + "{{ c.function | tojson }}\n</tool_call>{% endfor %}{% endfor %}");
    assertEquals(Optional.of(ToolForm.HERMES), ToolForm.of(template, vocabulary));
  }

  @Test
  void anArrayBetweenMarksIsFalcon3() {
    var template =
        template(
            TELLS
                + "{% if tools %}Answer with\n<tool_call>\n[\n  {\"name\": \"f\"}\n]\n</tool_call>"
                + "{% endif %}{% for m in messages %}{% if m.tool_calls %}"
                + "{{ raise_exception('no calls') }}{% endif %}{{ m.content }}{% endfor %}");
    assertEquals(Optional.of(ToolForm.FALCON3), ToolForm.of(template, vocabulary));
  }

  @Test
  void anObjectWithParametersIsLlama3() {
    var template =
        template(
            "{% if tools %}{% endif %}{% for m in messages %}{% for c in m.tool_calls or [] %}"
                + "{\"name\": \"{{ c.function.name }}\", \"parameters\":"
                + " {{ c.function.arguments | tojson }}}{% endfor %}{% endfor %}");
    assertEquals(Optional.of(ToolForm.LLAMA3), ToolForm.of(template, vocabulary));
  }

  @Test
  void theOrderOfMembersIsNoMatter() {
    var template =
        template(
            TELLS
                + "{% for m in messages %}{% for c in m.tool_calls or [] %}<tool_call>\n"
                + "{\"arguments\": {{ c.function.arguments | tojson }}, \"name\":"
                + " \"{{ c.function.name }}\"}\n</tool_call>{% endfor %}{% endfor %}");
    assertEquals(Optional.of(ToolForm.HERMES), ToolForm.of(template, vocabulary));
  }

  @Test
  void callsOfAnotherFormAreNotTakenForOneOfThese() {
    String calls =
        "{% for m in messages %}{% for c in m.tool_calls or [] %}%s{% endfor %}{% endfor %}";
    var named = "{\"tool_name\": \"{{ c.function.name }}\", \"parameters\": {\"probe\":1}}";
    assertEquals(
        Optional.empty(), ToolForm.of(template(TELLS + calls.replace("%s", named)), vocabulary));
    var keyed = "<tool_call>{{ c.function.name }}<arg_key>probe</arg_key></tool_call>";
    assertEquals(
        Optional.empty(), ToolForm.of(template(TELLS + calls.replace("%s", keyed)), vocabulary));
  }

  @Test
  void aTemplateThatNeedsContentInEveryMessageIsAsked() {
    var template =
        template(
            TELLS
                + "{% for m in messages %}{% for part in m.content %}{% endfor %}"
                + "{% for c in m.tool_calls or [] %}{\"name\": \"{{ c.function.name }}\","
                + " \"parameters\": {{ c.function.arguments | tojson }}}{% endfor %}{% endfor %}");
    assertEquals(Optional.of(ToolForm.LLAMA3), ToolForm.of(template, vocabulary));
  }

  @Test
  void aTemplateWithoutToolsHasNoForm() {
    var template = ChatTemplates.named("chatml").orElseThrow();
    assertEquals(Optional.empty(), ToolForm.of(template, vocabulary));
  }

  @Test
  void aTemplateThatShowsAnotherFormHasNone() {
    var template = template(TELLS + "{% for m in messages %}{{ m.content }}{% endfor %}");
    assertEquals(Optional.empty(), ToolForm.of(template, vocabulary));
  }
}
