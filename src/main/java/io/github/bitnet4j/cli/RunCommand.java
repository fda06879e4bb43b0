package io.github.bitnet4j.cli;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.generate.FinishReason;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.generate.Generation;
import io.github.bitnet4j.generate.GenerationStatistics;
import io.github.bitnet4j.generate.Piece;
import io.github.bitnet4j.generate.TextSession;
import io.github.bitnet4j.session.ContextLimitException;
import io.github.bitnet4j.text.ChatMessage;
import io.github.bitnet4j.text.ChatTemplate;
import io.github.bitnet4j.text.ToolDefinition;
import io.github.bitnet4j.tools.ToolAnswer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Continues a text, or answers one message. */
@CommandLine.Command(
    name = "run",
    header = "Continue a text, or with --chat answer a message.",
    description =
        "What the model writes goes to standard output as it is made, without the prompt; timings"
            + " go to standard error. A line break is added where the text does not end with one.")
final class RunCommand extends Command {
  @Parameters(
      arity = "0..1",
      paramLabel = "PROMPT",
      description =
          "The text to continue; - or nothing reads standard input, without the line break at its"
              + " end. Texts of control tokens in it are ordinary text.")
  private Optional<String> prompt = Optional.empty();

  @Mixin private FileArguments file;
  @Mixin private CompatArgument compat;
  @Mixin private EngineArguments engine;
  @Mixin private ContextArguments context;

  @Option(
      names = {"-n", "--predict", "--n-predict"},
      paramLabel = "TOKENS",
      defaultValue = "128",
      description =
          "Tokens to generate at most; 0 or -1 for as many as the context holds."
              + " Default: ${DEFAULT-VALUE}.")
  private int maxTokens;

  @Option(
      names = "--chat",
      description =
          "Take the prompt for a message and answer it, in the model's chat form or that of"
              + " --chat-template, which implies --chat.")
  private boolean chat;

  @Mixin private TemplateArgument template;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "With --chat or --chat-template: standing instructions for the model.")
  private Optional<String> system = Optional.empty();

  @Option(
      names = "--json",
      description =
          "Write one JSON object when the text has ended, on one line: text, tokens, finish_reason"
              + " (stop, stop_string, length, context_full or cancelled), stop_string, usage,"
              + " timings, seed, with --logprobs logprobs, and with --tools tool_calls.")
  private boolean json;

  @ArgGroup(validate = false, heading = "%nWith --chat or --chat-template, tools:%n")
  private ToolArguments toolArguments = new ToolArguments();

  @Mixin private GenerationArguments generationArguments;

  RunCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    Optional<ChatTemplate> chosenTemplate = template.read(this);
    chat |= chosenTemplate.isPresent();
    if (system.isPresent() && !chat) {
      throw usage("--system needs --chat or --chat-template");
    }
    List<ToolDefinition> definitions = toolArguments.read(this);
    if (!definitions.isEmpty() && !chat) {
      throw usage("--tools needs --chat or --chat-template");
    }
    var sessionOptions = context.toSessionOptions(this);
    var unconstrained = generationArguments.toGenerateOptions(this, maxTokens);
    var grammar = generationArguments.readGrammar(this);
    String text = TextArgument.read(this, prompt, "prompt");
    boolean listsTokens = unconstrained.logprobs().isPresent();
    long start = System.nanoTime();
    try (BitNetModel model =
            engine.load(
                this, file, compat.compatibility, chosenTemplate, generationArguments::apply);
        TextSession session = model.newSession(sessionOptions)) {
      var tools = toolArguments.offer(this, definitions, model);
      var options =
          GenerationArguments.constrained(
              this, unconstrained, toolArguments.grammar(this, tools, grammar, model), model);
      long loadNanos = System.nanoTime() - start;
      describe(model, session, options);
      Generation generation = begin(session, text, definitions, options);
      try (var _ = new Interruption(generation::cancel)) {
        if (json) {
          var result = new RunJson(model, options, tools);
          process(generation, result::add);
          console.out().print(result.line(generation, loadNanos));
        } else {
          var writer = new PieceWriter(console.out(), model.tokenizer(), listsTokens);
          var answer = new StringBuilder();
          process(
              generation,
              piece -> {
                answer.append(piece.text());
                writer.write(generation, piece);
              });
          writer.finish(generation);
          tools.ifPresent(t -> listCalls(t, answer.toString()));
          summarize(loadNanos, generation, session);
        }
      }
    } catch (ContextLimitException e) {
      throw new IOException(
          "the prompt of %d tokens does not fit in the context of %d; shorten it or raise -c"
              .formatted(e.position() + e.requested(), e.limit()),
          e);
    }
    return DONE;
  }

  private Generation begin(
      TextSession session, String text, List<ToolDefinition> tools, GenerateOptions options) {
    if (!chat) {
      return session.generate(text, options);
    }
    var messages = new ArrayList<ChatMessage>();
    system.map(ChatMessage::system).ifPresent(messages::add);
    messages.add(ChatMessage.user(text));
    return session.chat(messages, tools, options);
  }

  private void listCalls(OfferedTools tools, String answer) {
    try {
      for (var call : ToolAnswer.parse(tools.form(), answer, 0).calls()) {
        console.note("%s: %s %s", call.id(), call.name(), call.argumentsJson());
      }
    } catch (IllegalArgumentException e) {
      console.message("warning: " + e.getMessage());
    }
  }

  private void describe(BitNetModel model, TextSession session, GenerateOptions options) {
    var warnings = chat ? model.warnings() : model.tokenizer().warnings();
    warnings.forEach(warning -> console.message("warning: " + warning));
    if (verbose) {
      console.note(
          "model %s, kernel %s, %s, context %d tokens, seed %d",
          model.model().file().name(),
          model.model().kernel().name(),
          Text.plural(model.model().threads(), "thread"),
          session.contextLength(),
          options.sampling().seed().orElseThrow());
      engine.tellRequantizedHead(console, model.model());
    }
  }

  private void process(Generation generation, Consumer<Piece> taker) {
    var progress = new Progress(console);
    generation.onPrompt(
        (done, total) -> {
          if (done < total) {
            progress.show("prompt: %d of %d tokens", done, total);
          } else {
            progress.clear();
          }
          return true;
        });
    for (Piece piece : generation) {
      taker.accept(piece);
    }
    progress.clear();
  }

  private void summarize(long loadNanos, Generation generation, TextSession session) {
    GenerationStatistics cost = generation.statistics();
    console.note(
        "load %s | prompt %s, %.1f tokens/s | generated %s, %.1f tokens/s",
        Text.duration(loadNanos),
        Text.plural(cost.promptTokens(), "token"),
        cost.promptTokensPerSecond(),
        Text.plural(cost.generatedTokens(), "token"),
        cost.generatedTokensPerSecond());
    if (!generation.isComplete()) {
      console.message("warning: the text is incomplete: it ended before the grammar allows");
    }
    switch (generation.finishReason().orElse(FinishReason.STOP)) {
      case STOP -> {}
      case STOP_STRING ->
          console.note(
              "ended before the stop string %s", Text.quote(generation.stopString().orElseThrow()));
      case LENGTH ->
          console.note("cut off after %s; -n allows more", Text.plural(maxTokens, "token"));
      case CONTEXT_FULL ->
          console.note(
              "cut off: the context of %s is full; -c allows more",
              Text.plural(session.contextLength(), "token"));
      case CANCELLED -> console.note("interrupted");
    }
  }
}
