package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnet4j.ffi.KernelBuild;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("kernels")
class KernelsCommandTest {
  private String forced;

  @BeforeEach
  void unsetProperty() {
    forced = System.getProperty(KernelBuild.PROPERTY);
    System.clearProperty(KernelBuild.PROPERTY);
  }

  @AfterEach
  void restoreProperty() {
    if (forced == null) {
      System.clearProperty(KernelBuild.PROPERTY);
    } else {
      System.setProperty(KernelBuild.PROPERTY, forced);
    }
  }

  @Test
  void everyBuildIsListedWithWhatItRequires() {
    String shown = assertDone(Cli.run("kernels"));
    for (KernelBuild build : KernelBuild.all()) {
      String line =
          shown.lines().filter(l -> l.startsWith(build.name() + " ")).findFirst().orElseThrow();
      assertContains(line, build.runnable() ? "runs here" : "cannot run");
      assertContains(line, build.description());
    }
  }

  @Test
  void theFastestBuildIsUsedUnlessOneIsNamed() {
    if (System.getenv(KernelBuild.ENVIRONMENT) == null) {
      assertContains(
          assertDone(Cli.run("kernels")),
          "used: " + KernelBuild.best().name() + " (the fastest that this machine can run)\n");
    }
    System.setProperty(KernelBuild.PROPERTY, "scalar");
    assertContains(
        assertDone(Cli.run("kernels")),
        "used: scalar (named by the system property bitnet4j.kernel)\n");
  }

  @Test
  void aForcedBuildThatDoesNotExistIsAFailureAfterTheList() {
    System.setProperty(KernelBuild.PROPERTY, "quantum");
    var result = Cli.run("kernels");
    assertFails(result, "no kernel build is called 'quantum'");
    assertContains(result.out(), "scalar ");
    assertEquals(KernelBuild.all().size(), result.out().strip().lines().count());
  }

  @Test
  void aBuildNamedByOptionIsUsedWhateverThePropertySays() {
    System.setProperty(KernelBuild.PROPERTY, "quantum");
    assertContains(
        assertDone(Cli.run("kernels", "--kernel", "scalar")), "used: scalar (named by --kernel)\n");
  }

  @Test
  void argumentsAreWrongUsage() {
    assertUsage(Cli.run("kernels", "avx2"), "avx2");
    assertUsage(Cli.run("kernels", "--kernel", "quantum"), "no kernel build is called 'quantum'");
  }
}
