package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MainTest {

  @Test
  void withoutACommandTheUsageIsShownAsAnError() {
    var result = Cli.run();
    assertEquals(2, result.code());
    assertEquals("", result.out());
    assertContains(result.err(), "Usage: bitnet");
  }

  @Test
  void helpListsEveryCommand() {
    String help = assertDone(Cli.run("--help"));
    Main.commandNames().forEach(name -> assertContains(help, "\n  " + name + " "));
  }

  @ParameterizedTest
  @MethodSource("io.github.bitnet4j.cli.Main#commandNames")
  void everyCommandExplainsItselfAndItsExitCodes(String name) {
    String help = assertDone(Cli.run(name, "--help"));
    assertContains(help, "Usage: bitnet " + name);
    assertContains(help, "Exit codes:");
    for (String code : new String[] {"0", "1", "2", "130", "141"}) {
      assertContains(help.replaceAll(" +", " "), "\n " + code + " ");
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.bitnet4j.cli.Main#commandNames")
  void everyCommandRefusesAnOptionItDoesNotKnow(String name) {
    String[] required = name.equals("logits") ? new String[] {"--tokens", "1"} : new String[0];
    var arguments = new ArrayList<Object>(List.of(name, "--no-such-option"));
    arguments.addAll(List.of(required));
    assertUsage(Cli.run(arguments.toArray()), "--no-such-option");
  }

  @ParameterizedTest
  @MethodSource("io.github.bitnet4j.cli.Main#commandNames")
  void noHelpTextStatesADefaultTwiceOrLeavesAVariableInIt(String name) {
    String help = assertDone(Cli.run(name, "--help"));
    assertFalse(help.contains("${"), help);
    assertFalse(help.contains("null"), help);
  }

  @Test
  void versionNamesLibraryAndNativeInterface() {
    String version = assertDone(Cli.run("--version"));
    assertContains(version, "bitnet4j ");
    assertContains(version, "native interface 1");
  }

  @Test
  void anUnknownCommandIsWrongUsage() {
    assertUsage(Cli.run("ruin"), "ruin");
  }

  @Test
  void aValueThatIsNoNumberIsNamedWithItsOption() {
    assertUsage(Cli.run("run", "--temp", "hot", "x"), "'--temperature': 'hot' is no number");
    assertUsage(Cli.run("run", "--top-k", "1.5", "x"), "'--top-k': '1.5' is no whole number");
    assertUsage(Cli.run("run", "--seed", "9".repeat(30), "x"), "is no whole number that fits");
  }

  @Test
  void aStackTraceIsShownOnlyWhenAskedFor() {
    assertFails(Cli.run("info", "missing.gguf"), "missing.gguf: no such file");
    var verbose = Cli.run("info", "-v", "missing.gguf");
    assertEquals(1, verbose.code());
    assertContains(verbose.err(), "NoSuchFileException");
    assertContains(verbose.err(), "\tat ");
  }

  @Test
  void anArgumentThatBeginsWithAnAtSignIsText() {
    assertFails(Cli.run("info", "@options"), "@options");
  }

  @Test
  void aClosedStandardOutputEndsTheProgramQuietly() {
    var err = new ByteArrayOutputStream();
    assertEquals(141, runInto(failing("Broken pipe"), err));
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aFullDiskIsAFailureWithItsCause() {
    var err = new ByteArrayOutputStream();
    assertEquals(1, runInto(failing("No space left on device"), err));
    assertEquals(
        "bitnet: cannot write to standard output: No space left on device\n",
        err.toString(StandardCharsets.UTF_8));
  }

  private static int runInto(OutputStream out, OutputStream err) {
    var in = new ByteArrayInputStream(new byte[0]);
    return Main.run(Console.of(in, out, err, descriptor -> false), "--help");
  }

  private static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(message);
      }
    };
  }
}
