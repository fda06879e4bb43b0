import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.text.EncodeOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Completes the prompts of {@code evaluate.py} greedily with the library.
 *
 * <p>Usage: {@code java --class-path … Complete.java PROMPTS COMPLETIONS [MODEL]}; without a model, the
 * embedded demo model. Reads and writes JSON lines.
 */
class Complete {
  private static final int MAX_TOKENS = 120;
  private static final Pattern ID = Pattern.compile("\"id\": (\\d+)");
  private static final Pattern PROMPT = Pattern.compile("\"prompt\": \"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(u[0-9a-fA-F]{4}|.)");

  public static void main(String[] args) throws IOException {
    if (args.length < 2 || args.length > 3) {
      System.err.println("Usage: Complete PROMPTS COMPLETIONS [MODEL]");
      System.exit(2);
    }
    try (var model = args.length == 3 ? BitNetModel.load(Path.of(args[2])) : BitNetModel.demo();
        var prompts = Files.lines(Path.of(args[0]));
        var out = new PrintStream(args[1], StandardCharsets.UTF_8)) {
      prompts.forEach(
          line -> {
            String completion = complete(model, unescape(find(PROMPT, line)));
            out.printf("{\"id\": %s, \"completion\": \"%s\"}%n", find(ID, line), escape(completion));
          });
    }
  }

  /** The text after the prompt, up to its first line break: what follows is a next question. */
  private static String complete(BitNetModel model, String prompt) {
    int[] tokens = model.tokenizer().encode(prompt, EncodeOptions.TEXT_ONLY.withParseSpecial(true));
    var text = new StringBuilder();
    try (var session = model.newSession()) {
      for (var piece : session.generate(tokens, GenerateOptions.greedy().withMaxTokens(MAX_TOKENS))) {
        text.append(piece.text());
        if (piece.text().contains("\n")) {
          break;
        }
      }
    }
    return text.toString();
  }

  private static String find(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    if (!matcher.find()) {
      throw new IllegalArgumentException("no " + pattern + " in " + line);
    }
    return matcher.group(1);
  }

  private static String unescape(String json) {
    return ESCAPE
        .matcher(json)
        .replaceAll(
            match -> {
              String escape = match.group(1);
              return Matcher.quoteReplacement(
                  switch (escape.charAt(0)) {
                    case 'n' -> "\n";
                    case 't' -> "\t";
                    case 'r' -> "\r";
                    case 'u' -> Character.toString(Integer.parseInt(escape.substring(1), 16));
                    default -> escape;
                  });
            });
  }

  private static String escape(String text) {
    var json = new StringBuilder();
    for (char c : text.toCharArray()) {
      json.append(
          c == '"' || c == '\\' ? "\\" + c : c < ' ' ? "\\u%04x".formatted((int) c) : "" + c);
    }
    return json.toString();
  }
}
