package io.github.bitnet4j.cli;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.generate.TextSession;
import io.github.bitnet4j.text.ChatMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Chats with a model. */
@CommandLine.Command(
    name = "chat",
    header = "Chat with a model.",
    description = {
      "Each line is a message; the answer appears as it is made. A backslash at the end of a line"
          + " continues the message on the next, and a pasted text may hold line breaks. Ctrl-C"
          + " stops the answer, Ctrl-D or /exit leaves, /help lists the other commands. What you"
          + " type is kept in $XDG_STATE_HOME/bitnet4j/chat-history (~/.local/state where that is"
          + " not set), readable by you alone, unless --no-history is given.",
      "When standard input or output is no terminal, messages and commands are read line by line"
          + " and answers alone are written; the exit code is 1 if any line could not be carried"
          + " out."
    })
final class ChatCommand extends Command {
  @Mixin private FileArguments file;
  @Mixin private CompatArgument compat;
  @Mixin private TemplateArgument template;
  @Mixin private EngineArguments engine;
  @Mixin private ContextArguments context;

  @Option(
      names = {"-n", "--predict", "--n-predict"},
      paramLabel = "TOKENS",
      defaultValue = "0",
      description =
          "Tokens of an answer at most; 0 or -1 for as many as the context holds."
              + " Default: ${DEFAULT-VALUE}.")
  private int maxTokens;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "Standing instructions for the model; /system changes them.")
  private Optional<String> system = Optional.empty();

  @Option(names = "--no-history", description = "Do not keep what is typed, nor offer old lines.")
  private boolean noHistory;

  @ArgGroup(validate = false, heading = "%nTools:%n")
  private ToolArguments toolArguments = new ToolArguments();

  @Mixin private GenerationArguments generation;

  ChatCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    var chatTemplate = template.read(this);
    var definitions = toolArguments.read(this);
    var sessionOptions = context.toSessionOptions(this);
    var unconstrained = generation.toGenerateOptions(this, maxTokens);
    var grammar = generation.readGrammar(this);
    try (BitNetModel model =
            engine.load(this, file, compat.compatibility, chatTemplate, generation::apply);
        TextSession session = model.newSession(sessionOptions)) {
      var tools = toolArguments.offer(this, definitions, model);
      var options =
          GenerationArguments.constrained(
              this, unconstrained, toolArguments.grammar(this, tools, grammar, model), model);
      // A model that has no end-of-turn token is refused now and not at the first message.
      model.chatTemplate().encode(model.tokenizer(), List.of(ChatMessage.user("")), true);
      model.warnings().forEach(warning -> console.message("warning: " + warning));
      if (verbose) {
        engine.tellRequantizedHead(console, model.model());
      }
      var conversation =
          new Conversation(console, model.tokenizer(), session, options, tools, system, verbose);
      if (console.isInteractive()) {
        chatAtTerminal(model, conversation);
        return DONE;
      }
      talk(ChatLines.piped(console), conversation);
      return conversation.hasFailed() ? FAILED : DONE;
    }
  }

  private void chatAtTerminal(BitNetModel model, Conversation conversation) throws IOException {
    try (Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
      terminal.handle(Terminal.Signal.INT, signal -> conversation.interrupt());
      console.note(
          "Chatting with %s. /help lists commands, Ctrl-D leaves.", model.model().file().name());
      talk(new TypedLines(console, terminal, history()), conversation);
    }
  }

  private static void talk(ChatLines lines, Conversation conversation) throws IOException {
    Optional<String> line = lines.next();
    while (line.isPresent() && conversation.accept(line.get())) {
      line = lines.next();
    }
  }

  private Optional<Path> history() {
    if (noHistory) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          ChatHistory.prepare(System.getenv(), Path.of(System.getProperty("user.home"))));
    } catch (IOException e) {
      console.note("[what you type is not kept: %s]", Failures.describe(e));
      return Optional.empty();
    }
  }
}
