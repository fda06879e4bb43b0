package io.github.bitnet4j.cli;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.constraint.Grammar;
import io.github.bitnet4j.text.ToolDefinition;
import io.github.bitnet4j.tools.ToolChoice;
import io.github.bitnet4j.tools.ToolForm;
import io.github.bitnet4j.tools.ToolGrammar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What the model may call. */
final class ToolArguments {
  private static final String TOOLS = "--tools";

  @Option(
      names = TOOLS,
      paramLabel = "FILE",
      description =
          "What the model may call, in JSON, as in OpenAI's API:"
              + " [{\"type\":\"function\",\"function\":{\"name\":\"now\",\"description\":\"tells"
              + " the time\",\"parameters\":{\"type\":\"object\"}}}]. Calls are held to the schemas"
              + " of parameters.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--tool-choice",
      paramLabel = "CHOICE",
      description =
          "Whether to call: auto, none, required, or the name of a tool that must be called."
              + " Default: auto.")
  private Optional<String> choice = Optional.empty();

  @Option(names = "--no-parallel-tool-calls", description = "One call at most in an answer.")
  private boolean single;

  @Option(
      names = "--tool-form",
      paramLabel = "FORM",
      converter = EnumNames.ToolForms.class,
      completionCandidates = EnumNames.ToolForms.class,
      description =
          "How the model writes calls: ${COMPLETION-CANDIDATES}. Default: as its chat template"
              + " shows.")
  private Optional<ToolForm> form = Optional.empty();

  /** The tools; none if there is no file. What is not a list of tools is an error. */
  List<ToolDefinition> read(Command command) throws IOException {
    if (file.isPresent()) {
      return ToolsFile.read(file.get());
    }
    if (choice.isPresent() || single || form.isPresent()) {
      throw command.usage("--tool-choice, --tool-form and --no-parallel-tool-calls need %s", TOOLS);
    }
    return List.of();
  }

  /** The tools in the form of a model; empty if there are none. */
  Optional<OfferedTools> offer(Command command, List<ToolDefinition> tools, BitNetModel model) {
    if (tools.isEmpty()) {
      return Optional.empty();
    }
    var template = model.chatTemplate();
    if (!template.takesTools()) {
      throw command.usage(
          "the chat template %s has no form for tools; choose another with --chat-template",
          Text.quote(template.name()));
    }
    var chosen =
        form.or(() -> ToolForm.of(template, model.tokenizer().vocabulary()))
            .orElseThrow(
                () ->
                    command.usage(
                        "the chat template %s does not show how calls are written; say so with"
                            + " --tool-form",
                        Text.quote(template.name())));
    return Optional.of(new OfferedTools(tools, chosen));
  }

  /** The answers with tools, or what {@code other} describes without any. */
  Optional<Grammar> grammar(
      Command command, Optional<OfferedTools> tools, Optional<Grammar> other, BitNetModel model) {
    if (tools.isEmpty()) {
      return other;
    }
    if (other.isPresent()) {
      throw command.usage("%s and a constraint of the whole text exclude each other", TOOLS);
    }
    try {
      var offered = tools.get();
      return Optional.of(
          ToolGrammar.of(
              offered.form(),
              model.tokenizer().vocabulary(),
              offered.definitions(),
              choice(),
              !single));
    } catch (IllegalArgumentException e) {
      throw command.usage("%s: %s", TOOLS, e.getMessage());
    }
  }

  private ToolChoice choice() {
    return switch (choice.orElse("auto")) {
      case "auto" -> new ToolChoice.Auto();
      case "none" -> new ToolChoice.None();
      case "required" -> new ToolChoice.Required();
      default -> new ToolChoice.Named(choice.get());
    };
  }
}
