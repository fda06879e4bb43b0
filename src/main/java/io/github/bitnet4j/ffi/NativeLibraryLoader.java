package io.github.bitnet4j.ffi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Where to look for the native library, in which order, and what to say when nothing works.
 *
 * @param platform the platform to load for
 * @param override what the user named: a library file or a folder that holds one; empty for the jar
 * @param cacheDirectory the folder that keeps extracted libraries between runs
 * @param temporaryDirectory where a fresh private folder is made when the cache folder fails
 * @param systemLoad loads one absolute path into the JVM
 */
record NativeLibraryLoader(
    NativePlatform platform,
    Optional<String> override,
    String cacheDirectory,
    String temporaryDirectory,
    Consumer<Path> systemLoad) {

  private static final String RESOURCE_ROOT = "/io/github/bitnet4j/native/";

  /** The platforms a jar may carry a library for. */
  private static final List<NativePlatform> KNOWN_PLATFORMS =
      List.of(
          new NativePlatform("linux", "x86_64"),
          new NativePlatform("linux", "aarch64"),
          new NativePlatform("macos", "x86_64"),
          new NativePlatform("macos", "aarch64"),
          new NativePlatform("windows", "x86_64"),
          new NativePlatform("windows", "aarch64"));

  static NativeLibraryLoader fromSystem(Consumer<Path> systemLoad) {
    return new NativeLibraryLoader(
        NativePlatform.current(),
        Optional.ofNullable(System.getProperty(NativeLibrary.PATH_PROPERTY))
            .filter(path -> !path.isBlank()),
        cacheDirectory(System.getenv(), System.getProperty("user.home", "")),
        System.getProperty("java.io.tmpdir", "/tmp"),
        systemLoad);
  }

  /**
   * {@code $XDG_CACHE_HOME/bitnet4j} when that is an absolute path (the XDG specification has
   * others ignored), else the same in the user's {@code .cache}.
   */
  static String cacheDirectory(Map<String, String> environment, String home) {
    var xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    return (xdg.startsWith("/") ? xdg : home + "/.cache") + "/bitnet4j";
  }

  /**
   * Loads the library from the first place that works.
   *
   * @return the file that was loaded; one in a temporary folder is already deleted where the
   *     operating system allows it
   * @throws NativeLibraryException when no place works
   */
  Path load() {
    return override.isPresent() ? loadNamed(override.get()) : loadFromJar();
  }

  private Path loadNamed(String name) {
    try {
      var path = Path.of(name).toAbsolutePath();
      var file = Files.isDirectory(path) ? path.resolve(platform.libraryFileName()) : path;
      if (!Files.isRegularFile(file)) {
        throw new LoadFailure(file, Files.exists(file) ? "not a file" : "no such file", null);
      }
      return loadFile(file);
    } catch (LoadFailure | InvalidPathException e) {
      throw failure(
          List.of(e),
          "Let -D%s name a library for this platform, or its folder; without it the one in the jar is used."
              .formatted(NativeLibrary.PATH_PROPERTY));
    }
  }

  private Path loadFromJar() {
    var content = readResource();
    var failures = new ArrayList<Exception>();
    try {
      return loadCached(content);
    } catch (LoadFailure | InvalidPathException e) {
      failures.add(e);
    }
    try {
      return loadTemporary(content);
    } catch (LoadFailure | InvalidPathException e) {
      failures.add(e);
    }
    throw failure(
        failures,
        "Make one of these folders writable, private to its owner, with %,d bytes free and on a file system that allows executable files (XDG_CACHE_HOME and -Djava.io.tmpdir choose others), or name an extracted library with -D%s=FILE."
            .formatted(content.length, NativeLibrary.PATH_PROPERTY));
  }

  private byte[] readResource() {
    var name = resourceName(platform);
    try (var in = NativeLibraryLoader.class.getResourceAsStream(name)) {
      if (in == null) {
        throw failure(
            List.of(
                new LoadFailure(Path.of(name), "not in the jar, which has " + platforms(), null)),
            "Build bitnet4j on this machine, or name a library built for it with -D%s=FILE."
                .formatted(NativeLibrary.PATH_PROPERTY));
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw failure(
          List.of(new LoadFailure(Path.of(name), "cannot be read: " + e.getMessage(), e)),
          "The bitnet4j jar is damaged: fetch or build it again.");
    }
  }

  private static String resourceName(NativePlatform platform) {
    return RESOURCE_ROOT + platform + "/" + platform.libraryFileName();
  }

  private static String platforms() {
    var present =
        KNOWN_PLATFORMS.stream()
            .filter(p -> NativeLibraryLoader.class.getResource(resourceName(p)) != null)
            .map(NativePlatform::toString)
            .collect(Collectors.joining(", "));
    return present.isEmpty() ? "no native library at all" : "libraries for " + present;
  }

  private Path loadCached(byte[] content) throws LoadFailure {
    var directory = Path.of(cacheDirectory);
    if (!directory.isAbsolute()) {
      // A JVM whose user has no home reports "?" or nothing.
      throw new LoadFailure(directory, "not an absolute path; has this user a home folder?", null);
    }
    Path file;
    try {
      file = new NativeLibraryCache(directory).extract(platform.libraryFileName(), content);
    } catch (IOException e) {
      throw LoadFailure.writing(directory, e);
    }
    return loadFile(file);
  }

  private Path loadTemporary(byte[] content) throws LoadFailure {
    var parent = Path.of(temporaryDirectory).toAbsolutePath();
    Path directory;
    try {
      directory = Files.createTempDirectory(parent, "bitnet4j-"); // private to the user on POSIX
    } catch (IOException e) {
      throw LoadFailure.writing(parent, e);
    }
    var file = directory.resolve(platform.libraryFileName());
    try {
      Files.write(file, content);
      return loadFile(file);
    } catch (IOException e) {
      throw LoadFailure.writing(directory, e);
    } finally {
      // The loaded library lives on without its name, except on Windows.
      deleteQuietly(file);
      deleteQuietly(directory);
    }
  }

  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      path.toFile().deleteOnExit();
    }
  }

  private Path loadFile(Path file) throws LoadFailure {
    try {
      systemLoad.accept(file);
      return file;
    } catch (UnsatisfiedLinkError | IllegalCallerException e) {
      throw LoadFailure.loading(file, e);
    }
  }

  private NativeLibraryException failure(List<? extends Exception> failures, String advice) {
    var reasons = failures.stream().map(Exception::getMessage).collect(Collectors.joining("; "));
    var exception =
        new NativeLibraryException(
            "Cannot load the native library for %s: %s. %s".formatted(platform, reasons, advice),
            failures.getLast());
    failures.stream().limit(failures.size() - 1).forEach(exception::addSuppressed);
    return exception;
  }
}
