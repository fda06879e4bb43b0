package io.github.bitnet4j.cli;

import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.text.ChatTemplate;
import io.github.bitnet4j.text.ChatTemplates;
import io.github.bitnet4j.text.PromptPart;
import io.github.bitnet4j.text.Tokenizer;
import io.github.bitnet4j.text.ToolDefinition;
import io.github.bitnet4j.text.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a model is given for a chat. */
@CommandLine.Command(
    name = "template",
    header = "Show the prompt a chat becomes.",
    description = {
      "Renders the messages as the model expects them. The file holds what /save in chat writes:"
          + " [{\"role\":\"user\",\"content\":\"Hi\"}]; roles are system, user, assistant and tool."
          + " Content may be an array of {\"type\":\"text\",\"text\":\"Hi\"}, an assistant may have"
          + " tool_calls and a tool a tool_call_id, as in OpenAI's API.",
      "Texts of control tokens in messages stay text; with --tokens one sees that they do."
    })
final class TemplateCommand extends Command {
  @Mixin private FileArguments file;
  @Mixin private CompatArgument compat;
  @Mixin private TemplateArgument template;

  @Option(
      names = "--messages",
      paramLabel = "FILE",
      description = "The messages, in JSON; required.")
  private Optional<Path> messages = Optional.empty();

  @Option(
      names = "--tools",
      paramLabel = "FILE",
      description =
          "What the model may call, in JSON, as in OpenAI's API:"
              + " [{\"type\":\"function\",\"function\":{\"name\":\"now\",\"description\":\"tells"
              + " the time\",\"parameters\":{\"type\":\"object\"}}}]. A template that has no form"
              + " for tools is an error.")
  private Optional<Path> tools = Optional.empty();

  @Option(names = "--tokens", description = "Show the token ids, on one line, between commas.")
  private boolean tokens;

  @Option(
      names = "--no-generation-prompt",
      description = "Leave out what introduces the model's answer.")
  private boolean noGenerationPrompt;

  TemplateCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    var chosen = template.read(this);
    var chat =
        MessagesFile.read(
            messages.orElseThrow(
                () -> usage("there are no messages; name a file: --messages FILE")));
    var callable = tools.isPresent() ? ToolsFile.read(tools.get()) : List.<ToolDefinition>of();
    try (GgufFile gguf = file.open()) {
      var tokenizer = Tokenizer.from(gguf.metadata(), compat.compatibility);
      tokenizer.warnings().forEach(warning -> console.message("warning: " + warning));
      ChatTemplate used = chosen.isPresent() ? chosen.get() : ofModel(gguf);
      if (tokens) {
        int[] ids = used.encode(tokenizer, chat, callable, !noGenerationPrompt);
        console.out().println(TokenIds.join(ids));
      } else {
        var vocabulary = tokenizer.vocabulary();
        for (var part : used.render(vocabulary, chat, callable, !noGenerationPrompt)) {
          console.out().print(text(part, vocabulary));
        }
        console.out().println("");
      }
    }
    return DONE;
  }

  private ChatTemplate ofModel(GgufFile gguf) throws IOException {
    var choice = ChatTemplates.forModel(gguf.metadata(), compat.compatibility);
    choice.note().ifPresent(note -> console.message("warning: " + note));
    return choice.template();
  }

  private static String text(PromptPart part, Vocabulary vocabulary) {
    return switch (part) {
      case PromptPart.Text(var text) -> text;
      case PromptPart.TemplateText(var text) -> text;
      case PromptPart.Marker(var text) -> text;
      case PromptPart.Bos() ->
          vocabulary.bos().isPresent() ? vocabulary.text(vocabulary.bos().getAsInt()) : "";
    };
  }
}
