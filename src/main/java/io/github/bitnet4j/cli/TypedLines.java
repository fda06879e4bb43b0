package io.github.bitnet4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;

/**
 * Lines typed at a terminal, with editing, history, completion of commands and pasting of texts.
 */
final class TypedLines implements ChatLines {
  private static final String PROMPT = "> ";
  private static final String CONTINUED_PROMPT = "  ";
  private static final int HISTORY_LINES = 1000;

  private final Console console;
  private final LineReader reader;

  TypedLines(Console console, Terminal terminal, Optional<Path> history) {
    this.console = console;
    var builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("bitnet4j")
            .parser(TypedLines::parse)
            .completer(new StringsCompleter(Conversation.COMMANDS.keySet()))
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, CONTINUED_PROMPT)
            .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
            .option(Option.DISABLE_EVENT_EXPANSION, true)
            .option(Option.HISTORY_TIMESTAMPED, false)
            .option(Option.INSERT_TAB, false);
    history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
    reader = builder.build();
  }

  @Override
  public Optional<String> next() {
    while (true) {
      try {
        return Optional.of(reader.readLine(PROMPT).replace("\\\n", "\n"));
      } catch (UserInterruptException e) {
        if (e.getPartialLine().isEmpty()) {
          console.note("[Ctrl-D leaves]");
        }
      } catch (EndOfFileException e) {
        return Optional.empty();
      }
    }
  }

  /** A message is one word to the editor; it goes on where it ends with a backslash. */
  private static ParsedLine parse(String line, int cursor, Parser.ParseContext context) {
    if (context == Parser.ParseContext.ACCEPT_LINE && ChatLines.isContinued(line)) {
      throw new EOFError(-1, -1, "the line goes on");
    }
    return new WholeLine(line, cursor);
  }

  private record WholeLine(String line, int cursor) implements CompletingParsedLine {
    @Override
    public String word() {
      return line;
    }

    @Override
    public int wordCursor() {
      return cursor;
    }

    @Override
    public int wordIndex() {
      return 0;
    }

    @Override
    public List<String> words() {
      return List.of(line);
    }

    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return cursor;
    }

    @Override
    public int rawWordLength() {
      return line.length();
    }
  }
}
