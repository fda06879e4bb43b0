package io.github.bitnet4j.ffi;

import java.util.Locale;

/**
 * The operating system and processor a native library is built for.
 *
 * @param os {@code linux}, {@code macos} or {@code windows}; an unknown system keeps its own name
 * @param arch {@code x86_64} or {@code aarch64}; an unknown processor keeps its own name
 */
record NativePlatform(String os, String arch) {

  static NativePlatform current() {
    return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  /** Maps the JVM's names for systems and processors to the ones used inside the jar. */
  static NativePlatform of(String osName, String osArch) {
    var name = osName.toLowerCase(Locale.ROOT);
    var os =
        name.startsWith("mac") || name.startsWith("darwin")
            ? "macos"
            : name.startsWith("windows") ? "windows" : name.replaceAll("[^a-z0-9]", "");
    var arch =
        switch (osArch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64", "x64" -> "x86_64";
          case "aarch64", "arm64" -> "aarch64";
          case String other -> other;
        };
    return new NativePlatform(os, arch);
  }

  /** The file name of the library on this system. */
  String libraryFileName() {
    return switch (os) {
      case "windows" -> "bitnet4j.dll";
      case "macos" -> "libbitnet4j.dylib";
      default -> "libbitnet4j.so";
    };
  }

  @Override
  public String toString() {
    return os + "-" + arch;
  }
}
