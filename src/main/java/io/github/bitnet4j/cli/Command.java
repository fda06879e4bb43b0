package io.github.bitnet4j.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have in common: streams, {@code -h}, {@code -v} and exit codes. */
@CommandLine.Command(
    sortOptions = false,
    sortSynopsis = false,
    usageHelpWidth = 100,
    abbreviateSynopsis = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "  0:done",
      "  1:failed; the cause is on standard error",
      "  2:wrong usage",
      "130:interrupted by Ctrl-C",
      "141:standard output was closed by its reader"
    })
abstract class Command implements Callable<Integer> {
  /** Exit code of a command that did what it was asked. */
  static final int DONE = 0;

  /** Exit code of a command that failed. */
  static final int FAILED = 1;

  /** Exit code of a command that was called wrongly. */
  static final int USAGE = 2;

  /** Exit code when the reader of standard output went away: that of a process ended by SIGPIPE. */
  static final int OUTPUT_CLOSED = 141;

  /** Name of {@link #verbose}, for those who handle failures. */
  static final String VERBOSE = "--verbose";

  final Console console;

  @Spec CommandSpec spec;

  @Option(
      names = {"-v", VERBOSE},
      order = 1000,
      description = "Tell more on standard error, and the stack trace of a failure.")
  boolean verbose;

  @Option(
      names = {"-h", "--help"},
      order = 1001,
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  Command(Console console) {
    this.console = console;
  }

  /** The exception for an option or argument that cannot be right. */
  final ParameterException usage(String format, Object... arguments) {
    return new ParameterException(spec.commandLine(), Text.format(format, arguments));
  }
}
