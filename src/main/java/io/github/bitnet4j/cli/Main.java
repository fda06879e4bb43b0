package io.github.bitnet4j.cli;

import io.github.bitnet4j.ffi.NativeLibrary;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code bitnet}: finds the command, runs it, and turns failures into exit codes. */
@CommandLine.Command(
    name = "bitnet",
    header = "Runs BitNet b1.58 language models.",
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = "%n'bitnet COMMAND --help' explains a command.")
public final class Main extends Command {
  private static final char UNDECODABLE = '\uFFFD';

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the versions of the library and of its native interface and exit.")
  private boolean version;

  private Main(Console console) {
    super(console);
  }

  /** Runs the program and exits with its exit code. */
  public static void main(String[] args) {
    System.exit(run(Console.system(), args));
  }

  /** Runs the program on the given streams and returns its exit code. */
  static int run(Console console, String... args) {
    boolean traced = Arrays.stream(args).anyMatch(a -> a.equals("-v") || a.equals(VERBOSE));
    try {
      int code = execute(console, traced, args);
      console.out().flush();
      return code;
    } catch (Output.ClosedException e) {
      return OUTPUT_CLOSED;
    } catch (Exception | Error e) {
      return fail(console, e, traced);
    }
  }

  /** Nothing to do: the command is missing. */
  @Override
  public Integer call() {
    spec.commandLine().usage(console.err());
    return USAGE;
  }

  private static int execute(Console console, boolean traced, String... args) {
    Optional<String> undecodable =
        Arrays.stream(args).filter(arg -> arg.indexOf(UNDECODABLE) >= 0).findFirst();
    if (undecodable.isPresent() && !System.getProperty("sun.jnu.encoding").equals("UTF-8")) {
      console.message(
          "the locale's character set %s cannot express the argument %s; set LC_ALL=C.UTF-8"
              .formatted(System.getProperty("sun.jnu.encoding"), Text.quote(undecodable.get())));
      return USAGE;
    }
    var line = new CommandLine(new Main(console));
    commandsFor(args).forEach((name, factory) -> line.addSubcommand(factory.apply(console)));
    // Arguments are text for a model; one that begins with @ is no file of options.
    line.setExpandAtFiles(false);
    line.setErr(console.err());
    var help = new StringWriter();
    line.setOut(new PrintWriter(help));
    line.setParameterExceptionHandler((e, arguments) -> explainUsage(console, e));
    line.setExecutionExceptionHandler((e, command, result) -> fail(console, e, traced));
    int code = line.execute(args);
    console.out().print(help.getBuffer());
    return code;
  }

  /** The names of all commands, in the order of the help text. */
  static List<String> commandNames() {
    return List.copyOf(commands().keySet());
  }

  private static Map<String, Function<Console, Command>> commands() {
    var commands = new LinkedHashMap<String, Function<Console, Command>>();
    commands.put("run", RunCommand::new);
    commands.put("chat", ChatCommand::new);
    commands.put("info", InfoCommand::new);
    commands.put("tokenize", TokenizeCommand::new);
    commands.put("detokenize", DetokenizeCommand::new);
    commands.put("template", TemplateCommand::new);
    commands.put("logits", LogitsCommand::new);
    commands.put("kernels", KernelsCommand::new);
    commands.put("crosscheck", CrosscheckCommand::new);
    commands.put("bench", BenchCommand::new);
    return commands;
  }

  /** All commands, or the one that is called: describing a command to picocli takes a while. */
  private static Map<String, Function<Console, Command>> commandsFor(String... args) {
    var all = commands();
    return args.length > 0 && all.containsKey(args[0]) ? Map.of(args[0], all.get(args[0])) : all;
  }

  private static int explainUsage(Console console, ParameterException e) {
    console.message(Text.oneLine(inPlainWords(e.getMessage())));
    UnmatchedArgumentException.printSuggestions(e, console.err());
    console.note("Try '%s --help'.", e.getCommandLine().getCommandSpec().qualifiedName());
    return USAGE;
  }

  /** Picocli's message without names of Java's types. */
  private static String inPlainWords(String message) {
    return message
        .replaceFirst("^Error: ", "")
        .replaceFirst("' is not an? (int|long)$", "' is no whole number that fits")
        .replaceFirst("' is not a (float|double)$", "' is no number");
  }

  private static int fail(Console console, Throwable failure, boolean traced) {
    if (failure instanceof Output.ClosedException) {
      return OUTPUT_CLOSED;
    }
    try {
      console.out().flush();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    console.err().println("bitnet: " + Failures.describe(failure));
    if (traced) {
      failure.printStackTrace(console.err());
    }
    return FAILED;
  }

  /** The library's version, from the jar's manifest, and that of the native interface. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "bitnet4j " + (version == null ? "(not from a jar)" : version),
        "native interface " + NativeLibrary.abiVersion()
      };
    }
  }
}
