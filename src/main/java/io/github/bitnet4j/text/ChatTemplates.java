package io.github.bitnet4j.text;

import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufMetadata;
import java.util.List;
import java.util.Optional;

/** The chat templates known by name, and the choice of one for a model file. */
public final class ChatTemplates {
  private static final List<ChatTemplate> ALL =
      List.of(new BitNet2b4tTemplate(), new BitNetCppTemplate());

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

  /** All names {@link #named} knows. */
  public static List<String> names() {
    return ALL.stream().map(ChatTemplate::name).toList();
  }

  /** The template called {@code name}. */
  public static Optional<ChatTemplate> named(String name) {
    return ALL.stream().filter(template -> template.name().equals(name)).findFirst();
  }

  /**
   * The template for a model file. Templates embedded in files are not interpreted: one that is
   * known is matched by its features, one known to be wrong (the {@code BITNETAssistant} of the
   * published 2B-4T file) is corrected, and any other is replaced by {@code bitnet-2b4t} with a
   * note.
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
    if (isBitNet2b4t(source)) {
      return new Choice(bitNet2b4t(), Optional.empty());
    }
    return new Choice(
        used,
        Optional.of(
            "%s is a template not known here; chats use %s instead"
                .formatted(TokenizerData.CHAT_TEMPLATE, used.name())));
  }

  /** Role capitalised, colon and space, end-of-turn marker, and no header markers. */
  private static boolean isBitNet2b4t(String source) {
    return source.contains("capitalize")
        && source.contains("<|eot_id|>")
        && source.contains("Assistant: ")
        && !source.contains("<|start_header_id|>");
  }
}
