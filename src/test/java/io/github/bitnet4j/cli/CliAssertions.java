package io.github.bitnet4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What users may rely on in every command. */
final class CliAssertions {
  private CliAssertions() {}

  /** The command did it, and returns its standard output. */
  static String assertDone(Cli result) {
    assertEquals(0, result.code(), result.err());
    return result.out();
  }

  /** Exit code 1 and one line of cause on standard error that contains {@code cause}. */
  static void assertFails(Cli result, String cause) {
    assertEquals(1, result.code(), result.err());
    assertEquals(1, result.err().lines().count(), "one line of cause: " + result.err());
    assertContains(result.err(), "bitnet: ");
    assertContains(result.err(), cause);
  }

  /** Exit code 2, nothing on standard output, a cause and where to look. */
  static void assertUsage(Cli result, String cause) {
    assertEquals(2, result.code(), result.err());
    assertEquals("", result.out());
    assertContains(result.err().lines().findFirst().orElse(""), cause);
    assertContains(result.err(), "--help'.");
  }

  static void assertContains(String text, String part) {
    assertTrue(text.contains(part), () -> "expected <" + part + "> in: " + text);
  }
}
