package io.github.bitnet4j.ffi;

import java.nio.file.Path;

/** Loads the native library once per JVM; the real search order is still to come. */
final class NativeLibrary {
  private NativeLibrary() {}

  private static final class Holder {
    static final Path LOADED = load(Path.of(System.getProperty("bitnet4j.library.path")));

    private static Path load(Path file) {
      System.load(file.toAbsolutePath().toString());
      return file;
    }
  }

  /** Returns once the library is loaded; does nothing the second time. */
  static void load() {
    Holder.LOADED.getFileName();
  }
}
