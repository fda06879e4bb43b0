package io.github.bitnet4j.cli;

import io.github.bitnet4j.text.ChatTemplate;
import io.github.bitnet4j.text.ChatTemplates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which form chats take. */
final class TemplateArgument {
  @Option(
      names = "--chat-template",
      paramLabel = "NAME|FILE",
      description =
          "The form of chats instead of the model's own: bitnet-2b4t, bitnet-2b4t-cpp, llama3,"
              + " falcon3, falcon-e, chatml, qwen, or a file with a Jinja template.")
  private Optional<String> template = Optional.empty();

  /** The chosen template; empty for the model's own. */
  Optional<ChatTemplate> read(Command command) throws IOException {
    if (template.isEmpty()) {
      return Optional.empty();
    }
    var given = template.get();
    var named = ChatTemplates.named(given);
    if (named.isPresent()) {
      return named;
    }
    try {
      var file = Path.of(given);
      if (Files.exists(file)) {
        return Optional.of(ChatTemplates.parse(given, InputFile.text(file)));
      }
    } catch (InvalidPathException e) {
      throw unknown(command, given);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(given + ": " + e.getMessage(), e);
    }
    throw unknown(command, given);
  }

  private static RuntimeException unknown(Command command, String given) {
    return command.usage(
        "%s is no file and no chat template; templates are %s",
        Text.quote(given), String.join(", ", ChatTemplates.names()));
  }
}
