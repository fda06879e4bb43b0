package io.github.bitnet4j.cli;

import io.github.bitnet4j.ffi.KernelBuild;
import java.util.List;
import picocli.CommandLine;

/** Lists the kernel builds. */
@CommandLine.Command(
    name = "kernels",
    header = "List the kernel builds and say which one is used.",
    description = {
      "All builds give the same results to the last bit; they differ in speed and in what they"
          + " require. The fastest that this machine can run is used, unless --kernel, the system"
          + " property "
          + KernelBuild.PROPERTY
          + " or the environment variable "
          + KernelBuild.ENVIRONMENT
          + " names another, in this order."
    })
final class KernelsCommand extends Command {
  KernelsCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    List<KernelBuild> builds = KernelBuild.all();
    int width = builds.stream().mapToInt(build -> build.name().length()).max().orElse(0);
    for (KernelBuild build : builds) {
      console
          .out()
          .printf(
              "%-" + width + "s  %-12s  %s\n",
              build.name(),
              build.runnable() ? "runs here" : "cannot run",
              build.description());
    }
    console.out().printf("\nused: %s (%s)\n", KernelBuild.preferred().name(), reason());
    return DONE;
  }

  private static String reason() {
    if (isSet(System.getProperty(KernelBuild.PROPERTY))) {
      return "named by the system property " + KernelBuild.PROPERTY;
    }
    if (System.getProperty(KernelBuild.PROPERTY) == null
        && isSet(System.getenv(KernelBuild.ENVIRONMENT))) {
      return "named by the environment variable " + KernelBuild.ENVIRONMENT;
    }
    return "the fastest that this machine can run";
  }

  private static boolean isSet(String value) {
    return value != null && !value.isBlank();
  }
}
