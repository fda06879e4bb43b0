package io.github.bitnet4j.text;

import io.github.bitnet4j.text.PromptPart.Bos;
import io.github.bitnet4j.text.PromptPart.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * A chat with BitNet b1.58 2B-4T as bitnet.cpp renders it: nothing ends a system message or a
 * tool's result, an answer is bare text, and every user message already ends with the introduction
 * of the answer, asked for or not.
 */
record BitNetCppTemplate() implements ChatTemplate {

  @Override
  public String name() {
    return "bitnet-2b4t-cpp";
  }

  @Override
  public List<PromptPart> render(
      Vocabulary vocabulary,
      List<ChatMessage> messages,
      List<ToolDefinition> tools,
      boolean addGenerationPrompt) {
    ToolSupport.NONE.check(name(), messages, tools);
    var parts = new ArrayList<PromptPart>();
    parts.add(new Bos());
    for (var message : messages) {
      switch (message.role()) {
        case SYSTEM, TOOL ->
            parts.add(new Text(BitNet2b4tTemplate.label(message.role()) + message.content()));
        case USER -> {
          parts.add(new Text(BitNet2b4tTemplate.label(Role.USER) + message.content()));
          parts.add(BitNet2b4tTemplate.END_OF_TURN);
          parts.add(new Text(BitNet2b4tTemplate.label(Role.ASSISTANT)));
        }
        case ASSISTANT -> parts.add(new Text(message.content()));
      }
    }
    return List.copyOf(parts);
  }
}
