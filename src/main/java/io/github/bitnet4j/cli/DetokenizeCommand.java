package io.github.bitnet4j.cli;

import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.text.ControlTokens;
import io.github.bitnet4j.text.Tokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns token ids back into text. */
@CommandLine.Command(
    name = "detokenize",
    header = "Show the text of token ids.",
    description =
        "The text ends with one more line break. Bytes that are no UTF-8 text become U+FFFD. With"
            + " --json: {\"content\":\"Hi\"}.")
final class DetokenizeCommand extends Command {
  @Parameters(
      arity = "0..*",
      paramLabel = "IDS",
      description =
          "Token ids, separated by commas or spaces; - or nothing reads them from standard input.")
  private List<String> ids = List.of();

  @Mixin private FileArguments file;
  @Mixin private CompatArgument compat;

  @Option(
      names = "--special",
      description = "Show control tokens, such as BOS, by their texts instead of leaving them out.")
  private boolean special;

  @Option(names = "--json", description = "Write JSON, on one line.")
  private boolean json;

  DetokenizeCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    List<String> input = ids;
    if (ids.size() < 2) {
      input = List.of(TextArgument.read(this, ids.stream().findFirst(), "list of token ids"));
    }
    int[] tokens = TokenIds.parse(this, input);
    try (GgufFile gguf = file.open()) {
      var tokenizer = Tokenizer.from(gguf.metadata(), compat.compatibility);
      var control = special ? ControlTokens.SHOW : ControlTokens.OMIT;
      String text = tokenizer.decode(control, tokens);
      console.out().print(json ? Json.line(Map.of("content", text)) : text + "\n");
    }
    return DONE;
  }
}
