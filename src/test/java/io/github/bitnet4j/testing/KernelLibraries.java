package io.github.bitnet4j.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The shared libraries with kernels that the native build makes for tests. */
public final class KernelLibraries {
  private KernelLibraries() {}

  /** The sample of native/samples, a kernel build called {@code sample}. */
  public static Path sample() {
    return library("sample_kernels");
  }

  /** A variant of native/test/libraries/table.c: a kernel build with something wrong. */
  public static Path table(String variant) {
    return library("table_" + variant);
  }

  /** A variant of native/test/libraries/dot.c: bitnet.cpp's dot product. */
  public static Path dot(String variant) {
    return library("dot_" + variant);
  }

  /** The native build is where Maven puts it, or where the property says. */
  private static Path library(String name) {
    Path build = Path.of(System.getProperty("bitnet4j.test.native", "target/native"));
    Path file = build.resolve("test-libraries").resolve(System.mapLibraryName(name));
    assertTrue(Files.exists(file), () -> file + " is missing: build the native half first");
    return file;
  }
}
