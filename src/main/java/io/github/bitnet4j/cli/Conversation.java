package io.github.bitnet4j.cli;

import io.github.bitnet4j.generate.FinishReason;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.generate.Generation;
import io.github.bitnet4j.generate.Piece;
import io.github.bitnet4j.generate.TextSession;
import io.github.bitnet4j.session.ContextLimitException;
import io.github.bitnet4j.text.ChatMessage;
import io.github.bitnet4j.text.Role;
import io.github.bitnet4j.text.Tokenizer;
import io.github.bitnet4j.text.ToolCall;
import io.github.bitnet4j.text.jinja.JinjaException;
import io.github.bitnet4j.tools.ToolAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A chat with a model, line by line: each is a message to answer, or a command if it begins with a
 * slash. For one thread, but {@link #interrupt} may be called from any.
 */
final class Conversation {
  /** The commands with what they do, for help and completion. */
  static final Map<String, String> COMMANDS = commands();

  private final Console console;
  private final Tokenizer tokenizer;
  private final TextSession session;
  private final GenerateOptions options;
  private final Optional<OfferedTools> tools;
  private final boolean verbose;
  private final List<ChatMessage> turns = new ArrayList<>();
  private Optional<ChatMessage> system;
  private boolean failed;
  private volatile Optional<Generation> answering = Optional.empty();

  Conversation(
      Console console,
      Tokenizer tokenizer,
      TextSession session,
      GenerateOptions options,
      Optional<OfferedTools> tools,
      Optional<String> system,
      boolean verbose) {
    this.console = console;
    this.tokenizer = tokenizer;
    this.session = session;
    this.options = options;
    this.tools = tools;
    this.system = system.map(ChatMessage::system);
    this.verbose = verbose;
  }

  private static Map<String, String> commands() {
    var commands = new LinkedHashMap<String, String>();
    commands.put("/reset", "forget the messages; the instructions stay");
    commands.put("/system", "TEXT: set standing instructions for the model; no TEXT removes them");
    commands.put("/result", "TEXT: the result of a call the model made of a tool");
    commands.put("/save", "FILE: write the messages to FILE as JSON, replacing it");
    commands.put("/help", "show this list");
    commands.put("/exit", "leave, as Ctrl-D does");
    return commands;
  }

  /** Answers a message or carries out a command; returns whether the chat goes on. */
  boolean accept(String line) {
    if (line.isBlank()) {
      return true;
    }
    if (!line.startsWith("/")) {
      answer(ChatMessage.user(line));
      return true;
    }
    String[] words = line.strip().split("\\s+", 2);
    String argument = words.length > 1 ? words[1] : "";
    switch (words[0]) {
      case "/reset" -> turns.clear();
      case "/system" ->
          system =
              argument.isEmpty() ? Optional.empty() : Optional.of(ChatMessage.system(argument));
      case "/result" -> result(argument);
      case "/save" -> save(argument);
      case "/help" -> help();
      case "/exit" -> {
        return false;
      }
      default ->
          fail(
              "there is no command %s; /help lists them, and a space before the slash makes it text"
                  .formatted(Text.quote(words[0])));
    }
    return true;
  }

  /** Stops the answer that is being written, if there is one. */
  void interrupt() {
    answering.ifPresent(Generation::cancel);
  }

  /** Whether some line could not be carried out. */
  boolean hasFailed() {
    return failed;
  }

  /** The messages so far, instructions first. */
  List<ChatMessage> messages() {
    var messages = new ArrayList<ChatMessage>();
    system.ifPresent(messages::add);
    messages.addAll(turns);
    return messages;
  }

  /**
   * Takes the result of the first call that has none; after that of the last, the model goes on.
   */
  private void result(String text) {
    var open = openCalls();
    if (open.isEmpty()) {
      fail("no call waits for a result");
      return;
    }
    var result = ChatMessage.toolResult(open.getFirst(), text);
    if (open.size() > 1) {
      turns.add(result);
    } else {
      answer(result);
    }
  }

  /** The calls of the model's last message that have no result yet. */
  private List<ToolCall> openCalls() {
    int last = turns.size() - 1;
    while (last >= 0 && turns.get(last).role() == Role.TOOL) {
      last--;
    }
    if (last < 0) {
      return List.of();
    }
    var calls = turns.get(last).toolCalls();
    return calls.subList(Math.min(calls.size(), turns.size() - 1 - last), calls.size());
  }

  private void answer(ChatMessage message) {
    turns.add(message);
    try {
      var definitions = tools.map(OfferedTools::definitions).orElse(List.of());
      var generation = session.chat(messages(), definitions, options);
      answering = Optional.of(generation);
      turns.add(toMessage(write(generation)));
      summarize(generation);
    } catch (ContextLimitException e) {
      turns.removeLast();
      fail(
          "the chat no longer fits in the context of %s; /reset begins a new one, and the option -c"
                  .formatted(Text.plural(e.limit(), "token"))
              + " makes room for longer ones");
    } catch (JinjaException e) {
      turns.removeLast();
      fail("the chat template does not take this chat: " + e.getMessage());
    } finally {
      answering = Optional.empty();
    }
  }

  private ChatMessage toMessage(String answer) {
    if (tools.isEmpty()) {
      return ChatMessage.assistant(answer);
    }
    long callsBefore = turns.stream().mapToLong(turn -> turn.toolCalls().size()).sum();
    try {
      var read = ToolAnswer.parse(tools.get().form(), answer, (int) callsBefore);
      for (var call : read.calls()) {
        console.note(
            "[%s: %s %s; /result TEXT gives its result]",
            call.id(), call.name(), call.argumentsJson());
      }
      boolean silent = read.content().isEmpty() && !read.calls().isEmpty();
      return new ChatMessage(
          Role.ASSISTANT,
          silent ? List.of() : List.of(read.content()),
          read.calls(),
          Optional.empty(),
          Optional.empty());
    } catch (IllegalArgumentException e) {
      console.message("warning: " + e.getMessage());
      return ChatMessage.assistant(answer);
    }
  }

  private String write(Generation generation) {
    var writer = new PieceWriter(console.out(), tokenizer, options.logprobs().isPresent());
    var answer = new StringBuilder();
    for (Piece piece : generation) {
      answer.append(piece.text());
      writer.write(generation, piece);
    }
    writer.finish(generation);
    return answer.toString();
  }

  private void summarize(Generation generation) {
    if (!generation.isComplete()) {
      console.message("warning: the answer is incomplete: it ended before the grammar allows");
    }
    switch (generation.finishReason().orElse(FinishReason.STOP)) {
      case STOP, STOP_STRING -> {}
      case LENGTH ->
          console.note(
              "[cut off after %s; -n allows more]", Text.plural(options.maxTokens(), "token"));
      case CONTEXT_FULL ->
          console.note(
              "[cut off: the context of %s is full; /reset begins a new chat, -c makes room for"
                  + " longer ones]",
              Text.plural(session.contextLength(), "token"));
      case CANCELLED -> console.note("[stopped]");
    }
    if (verbose) {
      var cost = generation.statistics();
      console.note(
          "[context %d of %d | reused %d | prompt %s, %.1f tokens/s | generated %s, %.1f tokens/s]",
          session.position(),
          session.contextLength(),
          cost.reusedTokens(),
          Text.plural(cost.promptTokens(), "token"),
          cost.promptTokensPerSecond(),
          Text.plural(cost.generatedTokens(), "token"),
          cost.generatedTokensPerSecond());
    }
  }

  private void save(String file) {
    if (file.isEmpty()) {
      fail("/save needs the name of a file");
      return;
    }
    var tree = messages().stream().map(Conversation::toTree).toList();
    try {
      byte[] json = Json.indented(tree).getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(Path.of(file), out -> out.write(json));
      console.note("[%s saved to %s]", Text.plural(tree.size(), "message"), file);
    } catch (IOException | InvalidPathException e) {
      fail(Failures.describe(e));
    }
  }

  private static Map<String, Object> toTree(ChatMessage message) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("role", message.role().label());
    tree.put("content", message.content());
    if (!message.toolCalls().isEmpty()) {
      tree.put("tool_calls", OfferedTools.toTree(message.toolCalls()));
    }
    message.toolCallId().ifPresent(id -> tree.put("tool_call_id", id));
    return tree;
  }

  private void help() {
    COMMANDS.forEach((name, what) -> console.out().printf("%-8s %s\n", name, what));
    console.out().flush();
  }

  private void fail(String message) {
    failed = true;
    console.message(message);
  }
}
