package io.github.bitnet4j.cli;

import io.github.bitnet4j.ffi.KernelBuild;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

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
          + " names another, in this order. It is named as in that list, or by the path of a shared"
          + " library with a kernel build, or by bitnetcpp:PATH for bitnet.cpp's own kernel in its"
          + " library. Such a library is native code and does what it likes: load only what you"
          + " trust. It is tested before it is used."
    })
final class KernelsCommand extends Command {
  @Option(
      names = "--kernel",
      paramLabel = "NAME",
      description = "Kernel build to choose, such as a library to load and list.")
  private Optional<String> kernel = Optional.empty();

  KernelsCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    Optional<KernelBuild> chosen = kernel.map(this::choose);
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
    KernelBuild used = chosen.orElseGet(KernelBuild::preferred);
    console.out().printf("\nused: %s (%s)\n", used.name(), reason());
    return DONE;
  }

  private KernelBuild choose(String name) {
    try {
      return KernelBuild.named(name);
    } catch (IllegalArgumentException e) {
      throw usage("%s", e.getMessage());
    }
  }

  private String reason() {
    if (kernel.isPresent()) {
      return "named by --kernel";
    }
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
