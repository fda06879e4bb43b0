package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;
import io.github.bitnet4j.bindings.bn_kernel_info;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A kernel build: the engine's functions compiled for one instruction set. All builds give the same
 * bits; they differ in speed and in what they need.
 *
 * <p>Beside the builds in the native library there are those that a process loads by path: {@link
 * #load} for builds made for bitnet4j, {@link #loadBitnetCpp} for bitnet.cpp's own kernel. They are
 * tested when they are loaded, can be used by name from then on, and stay until the process ends.
 * <b>Loading native code is trusting it</b>: it runs with all rights of the process, and a crash in
 * it is a crash of the JVM.
 *
 * @param index position in the engine's list
 * @param name such as {@code avx2}
 * @param description what it uses and requires
 * @param runnable whether this CPU and operating system can run it
 */
public record KernelBuild(int index, String name, String description, boolean runnable) {

  private static final Pattern PATH = Pattern.compile("[/\\\\]|\\.(so|dll|dylib)$");

  /** What the choice of bitnet.cpp's kernel begins with; the path of its library follows. */
  public static final String BITNET_CPP_PREFIX = "bitnetcpp:";

  /** System property that forces a kernel build, as {@link #named} takes it. */
  public static final String PROPERTY = "bitnet4j.kernel";

  /** Environment variable that forces a kernel build likewise; the property wins over it. */
  public static final String ENVIRONMENT = "BITNET4J_KERNEL";

  /** Every build in the native library, slowest first, then those loaded by path. */
  public static List<KernelBuild> all() {
    NativeLibrary.load();
    return IntStream.range(0, BitNetNative.bn_kernel_count())
        .mapToObj(KernelBuild::describe)
        .toList();
  }

  /** The fastest build in the native library that this machine can run. */
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
   * The build that a user chooses: by name; by the path of a library to {@link #load}, which is any
   * choice with a separator of folders or one of the endings of shared libraries; or by {@value
   * #BITNET_CPP_PREFIX} and the path of a library for {@link #loadBitnetCpp}.
   *
   * @throws IllegalArgumentException if no build has that name, or this machine cannot run it
   * @throws NativeLibraryException if the library cannot be loaded or its kernels are not right
   */
  public static KernelBuild named(String choice) {
    if (choice.startsWith(BITNET_CPP_PREFIX)) {
      return loadBitnetCpp(path(choice.substring(BITNET_CPP_PREFIX.length())));
    }
    return PATH.matcher(choice).find() ? load(path(choice)) : listed(choice);
  }

  /**
   * Loads a kernel build from a shared library that exports {@code bn_kernel_build}, as {@code
   * native/include/bitnet_kernels.h} describes. A library that is loaded already gives the same
   * build again.
   *
   * @throws NativeLibraryException if the file is missing or no such library, was built for another
   *     version, needs what this machine lacks, or does not give the results all other builds give
   */
  public static KernelBuild load(Path library) {
    return describe(KernelLoader.load(library));
  }

  /**
   * Loads bitnet.cpp's kernel for I2_S from a shared library built from bitnet.cpp. Its build is
   * called {@code bitnetcpp}; everything but the ternary products is that of {@link #best()}.
   *
   * @throws NativeLibraryException if the file is missing or no such library, or its sums are wrong
   */
  public static KernelBuild loadBitnetCpp(Path library) {
    return describe(KernelLoader.loadBitnetCpp(library));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("no kernel build '%s': no path".formatted(text), e);
    }
  }

  private static KernelBuild listed(String name) {
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
