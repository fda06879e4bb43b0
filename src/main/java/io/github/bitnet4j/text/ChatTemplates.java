package io.github.bitnet4j.text;

import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufMetadata;
import io.github.bitnet4j.text.jinja.JinjaException;
import io.github.bitnet4j.text.jinja.JinjaTemplate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** The chat templates known by name, and the choice of one for a model file. */
public final class ChatTemplates {
  /** Each message under a line with its role. */
  private static final String FALCON =
      "{% for m in messages %}<|{{ m.role }}|>{{ '\n' + m.content + '\n' }}{% endfor %}"
          + "{% if add_generation_prompt %}<|assistant|>{{ '\n' }}{% endif %}";

  private static final String CHATML =
      "{% for m in messages %}<|im_start|>{{ m.role + '\n' + m.content }}<|im_end|>{{ '\n' }}"
          + "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant{{ '\n' }}{% endif %}";

  private static final List<ChatTemplate> ALL =
      List.of(
          new BitNet2b4tTemplate(),
          new BitNetCppTemplate(),
          parse(
              "llama3",
              "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role"
                  + " }}<|end_header_id|>\n\n"
                  + "{{ m.content | trim }}<|eot_id|>{% endfor %}{% if add_generation_prompt"
                  + " %}<|start_header_id|>assistant<|end_header_id|>{{ '\n\n"
                  + "' }}{% endif %}"),
          parse("falcon3", FALCON),
          parse("falcon-e", FALCON),
          parse("chatml", CHATML),
          parse("qwen", CHATML));

  private ChatTemplates() {}

  /**
   * The template chosen for a model file.
   *
   * @param template what to render chats with
   * @param note why it is not the file's own template, in one sentence; empty when it is the same
   */
  public record Choice(ChatTemplate template, Optional<String> note) {}

  /** BitNet b1.58 2B-4T as Hugging Face has it: {@code bitnet-2b4t}. */
  public static ChatTemplate bitNet2b4t() {
    return ALL.get(0);
  }

  /** BitNet b1.58 2B-4T as bitnet.cpp renders it: {@code bitnet-2b4t-cpp}. */
  public static ChatTemplate bitNetCpp() {
    return ALL.get(1);
  }

  /**
   * A template in Jinja, the language of {@code tokenizer.chat_template}.
   *
   * @param name how {@link ChatTemplate#name} calls it
   * @throws IllegalArgumentException if it is malformed or uses what is not supported; the message
   *     names line and column
   */
  public static ChatTemplate parse(String name, String source) {
    return new JinjaChatTemplate(name, JinjaTemplate.parse(source), Clock.systemDefaultZone());
  }

  /** All names {@link #named} knows. */
  public static List<String> names() {
    return ALL.stream().map(ChatTemplate::name).toList();
  }

  /** The template called {@code name}. */
  public static Optional<ChatTemplate> named(String name) {
    return ALL.stream().filter(template -> template.name().equals(name)).findFirst();
  }

  /**
   * The template for a model file. The template embedded in the file is used, under the name {@code
   * embedded}; one known to be wrong (the {@code BITNETAssistant} of the published 2B-4T file) is
   * corrected, and a missing one or one that cannot be read is replaced by {@code bitnet-2b4t},
   * with a note.
   */
  public static Choice forModel(TokenizerData data, Compatibility compatibility) {
    return forTemplate(data.chatTemplate(), compatibility);
  }

  /**
   * The template for a model file, as {@link #forModel(TokenizerData, Compatibility)} without
   * reading the rest of the tokenizer's keys.
   *
   * @throws GgufFormatException if {@code tokenizer.chat_template} is no string
   */
  public static Choice forModel(GgufMetadata metadata, Compatibility compatibility)
      throws GgufFormatException {
    return forTemplate(metadata.string(TokenizerData.CHAT_TEMPLATE), compatibility);
  }

  private static Choice forTemplate(Optional<String> embedded, Compatibility compatibility) {
    var used = compatibility == Compatibility.BITNET_CPP ? bitNetCpp() : bitNet2b4t();
    if (embedded.isEmpty()) {
      return new Choice(
          used,
          Optional.of(
              "%s is absent; chats use %s".formatted(TokenizerData.CHAT_TEMPLATE, used.name())));
    }
    var source = embedded.get();
    if (source.contains("BITNET")) {
      return new Choice(
          used,
          compatibility == Compatibility.BITNET_CPP
              ? Optional.empty()
              : Optional.of(
                  "%s is the wrong template of the published 2B-4T file; chats use %s"
                      .formatted(TokenizerData.CHAT_TEMPLATE, used.name())));
    }
    try {
      return new Choice(parse("embedded", source), Optional.empty());
    } catch (JinjaException e) {
      return new Choice(
          used,
          Optional.of(
              "%s cannot be used (%s); chats use %s instead"
                  .formatted(TokenizerData.CHAT_TEMPLATE, e.getMessage(), used.name())));
    }
  }
}
