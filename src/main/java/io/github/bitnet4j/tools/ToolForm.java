package io.github.bitnet4j.tools;

import io.github.bitnet4j.text.ChatMessage;
import io.github.bitnet4j.text.ChatTemplate;
import io.github.bitnet4j.text.PromptPart;
import io.github.bitnet4j.text.Role;
import io.github.bitnet4j.text.ToolCall;
import io.github.bitnet4j.text.ToolDefinition;
import io.github.bitnet4j.text.Vocabulary;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a family of models writes calls. */
public enum ToolForm {
  /**
   * Qwen, Hermes and others of ChatML: each call an object with {@code name} and {@code arguments}
   * between {@code <tool_call>} and {@code </tool_call>}, on lines of their own.
   */
  HERMES("arguments", "<tool_call>\n", "\n</tool_call>", "\n</tool_call>\n<tool_call>\n"),

  /** Falcon 3: one array of such objects between the same marks. */
  FALCON3("arguments", "<tool_call>\n[\n  ", "\n]\n</tool_call>", ",\n  "),

  /**
   * Llama 3.1 and 3.2: the answer is an object with {@code name} and {@code parameters} and nothing
   * else, behind {@code <|python_tag|>} or not. There is one call at most.
   */
  LLAMA3("parameters", "", "", "");

  /** What calls begin with where they are marked. */
  static final String MARK = "<tool_call>";

  /** What calls end with where they are marked. */
  static final String END_MARK = "</tool_call>";

  /** What a call in the form of Llama 3 may begin with. */
  static final String PYTHON_TAG = "<|python_tag|>";

  private static final String ARGUMENTS = "{\"probe\":1}";

  final String argumentsKey;
  final String opening;
  final String closing;

  /** Between two calls; empty where there is only one. */
  final String separator;

  ToolForm(String argumentsKey, String opening, String closing, String separator) {
    this.argumentsKey = argumentsKey;
    this.opening = opening;
    this.closing = closing;
    this.separator = separator;
  }

  /**
   * The form that a chat template asks the model for, found by having it render a chat with a tool
   * and a call; empty if it takes no tools or shows none of the forms.
   *
   * @param vocabulary whose BOS and EOS the template may name
   */
  public static Optional<ToolForm> of(ChatTemplate template, Vocabulary vocabulary) {
    if (!template.takesTools()) {
      return Optional.empty();
    }
    var tool = new ToolDefinition("probe", "probe", ToolDefinition.NO_PARAMETERS);
    var call = new ToolCall("call_1", "probe", ARGUMENTS);
    var question = ChatMessage.user("probe");
    var silent = ChatMessage.toolCalls(List.of(call));
    var empty =
        new ChatMessage(
            Role.ASSISTANT, List.of(""), List.of(call), Optional.empty(), Optional.empty());
    for (var messages :
        List.of(List.of(question, silent), List.of(question, empty), List.of(question))) {
      try {
        var rendered = template.render(vocabulary, messages, List.of(tool), false);
        var form = shown(rendered.stream().map(ToolForm::text).collect(Collectors.joining()));
        if (form.isPresent()) {
          return form;
        }
      } catch (IllegalArgumentException e) {
        // Templates may refuse calls, or chats that end with the model; the next chat is simpler.
      }
    }
    return Optional.empty();
  }

  /** Whether {@code token} is a mark of this form, and neither ordinary text nor the end of one. */
  boolean isMark(Vocabulary vocabulary, int token) {
    if (vocabulary.isEndOfGeneration(token)) {
      return false;
    }
    return switch (vocabulary.type(token)) {
      case CONTROL, USER_DEFINED -> marks().contains(vocabulary.text(token));
      default -> false;
    };
  }

  /** What marks calls. */
  List<String> marks() {
    return this == LLAMA3 ? List.of(PYTHON_TAG) : List.of(MARK, END_MARK);
  }

  private static String text(PromptPart part) {
    return switch (part) {
      case PromptPart.Text(var text) -> text;
      case PromptPart.TemplateText(var text) -> text;
      case PromptPart.Marker(var text) -> text;
      case PromptPart.Bos() -> "";
    };
  }

  private static Optional<ToolForm> shown(String prompt) {
    String dense = prompt.replaceAll("\\s", "");
    if (dense.contains(MARK + "[{\"name\":")) {
      return Optional.of(FALCON3);
    }
    if (dense.contains(MARK + "{\"name\":") || dense.contains(MARK + "{\"arguments\":")) {
      return Optional.of(HERMES);
    }
    // The parameters of a definition are a schema, those of a call its arguments.
    return dense.contains("{\"name\":\"probe\",\"parameters\":" + ARGUMENTS)
        ? Optional.of(LLAMA3)
        : Optional.empty();
  }
}
