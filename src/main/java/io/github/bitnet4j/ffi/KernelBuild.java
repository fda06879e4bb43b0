package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;
import io.github.bitnet4j.bindings.bn_kernel_info;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A kernel build: the engine's functions compiled for one instruction set. All builds give the same
 * bits; they differ in speed and in what they need.
 *
 * @param index position in the library's table
 * @param name such as {@code avx2}
 * @param description what it uses and requires
 * @param runnable whether this CPU and operating system can run it
 */
public record KernelBuild(int index, String name, String description, boolean runnable) {

  /** System property that forces a kernel build by name. */
  public static final String PROPERTY = "bitnet4j.kernel";

  /** Environment variable that forces a kernel build by name; the property wins over it. */
  public static final String ENVIRONMENT = "BITNET4J_KERNEL";

  /** Every build in the library, slowest first. */
  public static List<KernelBuild> all() {
    NativeLibrary.load();
    return IntStream.range(0, BitNetNative.bn_kernel_count())
        .mapToObj(KernelBuild::describe)
        .toList();
  }

  /** The fastest build this machine can run. */
  public static KernelBuild best() {
    NativeLibrary.load();
    return describe(BitNetNative.bn_kernel_best());
  }

  /** The build forced by {@link #PROPERTY} or {@link #ENVIRONMENT}, else the {@link #best()}. */
  public static KernelBuild preferred() {
    String forced = System.getProperty(PROPERTY, System.getenv(ENVIRONMENT));
    return forced == null || forced.isBlank() ? best() : named(forced.strip());
  }

  /**
   * The build of that name.
   *
   * @throws IllegalArgumentException if there is none, or this machine cannot run it
   */
  public static KernelBuild named(String name) {
    List<KernelBuild> all = all();
    KernelBuild build =
        all.stream()
            .filter(b -> b.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "no kernel build is called '" + name + "'; there are " + names(all)));
    if (!build.runnable()) {
      throw new IllegalArgumentException(
          "this machine cannot run kernel build '%s' (%s); it can run %s"
              .formatted(name, build.description(), names(allRunnable())));
    }
    return build;
  }

  /** The builds this machine can run, slowest first. */
  public static List<KernelBuild> allRunnable() {
    return all().stream().filter(KernelBuild::runnable).toList();
  }

  private static String names(List<KernelBuild> builds) {
    return builds.stream().map(KernelBuild::name).collect(Collectors.joining(", "));
  }

  private static KernelBuild describe(int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = bn_kernel_info.allocate(arena);
      bn_kernel_info.size(info, (int) bn_kernel_info.sizeof());
      Status.check(BitNetNative.bn_kernel_describe(index, info), "describing kernel " + index);
      return new KernelBuild(
          index,
          bn_kernel_info.name(info).getString(0),
          bn_kernel_info.description(info).getString(0),
          bn_kernel_info.runnable(info) != 0);
    }
  }
}
