package io.github.bitnet4j.cli;

import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.text.EncodeOptions;
import io.github.bitnet4j.text.Tokenizer;
import io.github.bitnet4j.text.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows how a model cuts text into tokens. */
@CommandLine.Command(
    name = "tokenize",
    header = "Show the tokens of a text.",
    description = {
      "One line per token: its id and the text it stands for. A token that is only part of a"
          + " character is shown as its bytes in hexadecimal.",
      "",
      "With --json: {\"tokens\":[{\"id\":72,\"piece\":\"H\"},...]}, where the piece of a token"
          + " that is only part of a character is an array of its bytes; with --ids too:"
          + " {\"tokens\":[72,...]}.",
    })
final class TokenizeCommand extends Command {
  @Parameters(
      arity = "0..1",
      paramLabel = "TEXT",
      description =
          "The text; - or nothing reads standard input, without the line break at its end.")
  private Optional<String> text = Optional.empty();

  @Mixin private FileArguments file;
  @Mixin private CompatArgument compat;

  @Option(names = "--no-bos", description = "Leave out the BOS token even if the model wants it.")
  private boolean noBos;

  @Option(
      names = "--special",
      description = "Take texts of control tokens, such as <|eot_id|>, for those tokens.")
  private boolean special;

  @Option(names = "--ids", description = "Show the ids alone, on one line, between commas.")
  private boolean idsOnly;

  @Option(names = "--json", description = "Write JSON, on one line.")
  private boolean json;

  TokenizeCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    String input = TextArgument.read(this, text, "text");
    try (GgufFile gguf = file.open()) {
      var tokenizer = Tokenizer.from(gguf.metadata(), compat.compatibility);
      tokenizer.warnings().forEach(warning -> console.message("warning: " + warning));
      var options = EncodeOptions.DEFAULT.withParseSpecial(special);
      int[] tokens = tokenizer.encode(input, noBos ? options.withBos(false) : options);
      if (json) {
        console.out().print(Json.line(tree(tokenizer.vocabulary(), tokens)));
      } else if (idsOnly) {
        console.out().println(TokenIds.join(tokens));
      } else {
        for (int token : tokens) {
          console.out().printf("%7d  %s\n", token, show(tokenizer.vocabulary().bytes(token)));
        }
      }
    }
    return DONE;
  }

  private Map<String, Object> tree(Vocabulary vocabulary, int[] tokens) {
    List<?> rows =
        idsOnly
            ? Arrays.stream(tokens).boxed().toList()
            : Arrays.stream(tokens).mapToObj(id -> TokenJson.of(id, vocabulary)).toList();
    return Map.of("tokens", rows);
  }

  private static String show(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') < 0) {
      return Text.quote(text);
    }
    var hex = new StringBuilder();
    for (byte b : bytes) {
      hex.append(Text.format("%02x ", b));
    }
    return hex.toString().strip();
  }
}
