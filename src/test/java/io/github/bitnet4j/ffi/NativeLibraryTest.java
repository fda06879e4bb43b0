package io.github.bitnet4j.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.bindings.bn_region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {

  @TempDir Path folder;

  @Test
  void itLoadsOnceAndAlwaysNamesTheSameFile() {
    assertEquals(NativeLibrary.load(), NativeLibrary.load());
  }

  @Test
  void anotherAbiVersionIsRefusedNamingBoth() {
    var e =
        assertThrows(
            NativeLibraryException.class,
            () -> NativeLibrary.checkVersion(Path.of("/x/lib.so"), 7, 8));
    assertTrue(
        e.getMessage()
            .startsWith("/x/lib.so has ABI version 7, and this bitnet4j needs version 8."),
        e.getMessage());
  }

  @Test
  void anotherStructSizeIsRefusedNamingBoth() {
    var e =
        assertThrows(
            NativeLibraryException.class,
            () -> NativeLibrary.checkStruct(Path.of("/x/lib.so"), bn_region.layout(), 24));
    assertTrue(
        e.getMessage()
            .startsWith(
                "/x/lib.so was built with a struct bn_region of 24 bytes,"
                    + " and this bitnet4j has one of 16."),
        e.getMessage());
  }

  @Test
  void jvmsThatStartAtOnceShareOneExtractedFile() throws Exception {
    var cache = folder.resolve("cache");
    var processes = new ArrayList<Process>();
    for (int i = 0; i < 4; i++) {
      processes.add(start(cache, List.of()));
    }
    for (var process : processes) {
      var output = finish(process);
      assertEquals(0, process.exitValue(), output);
      assertTrue(output.startsWith("loaded " + cache), output);
    }
    try (var files = Files.walk(cache).filter(Files::isRegularFile)) {
      assertEquals(
          List.of(NativePlatform.current().libraryFileName()),
          files.map(file -> file.getFileName().toString()).toList());
    }
  }

  @Test
  void aLibraryThatIsNotOursIsRefused() throws Exception {
    var library = systemLibrary();
    var process = start(folder, List.of("-Dbitnet4j.library.path=" + library));
    var output = finish(process);
    assertEquals(1, process.exitValue(), output);
    assertTrue(
        output.startsWith(
            library + " is not a bitnet4j library: it has no function bn_abi_version"),
        output);
  }

  @Test
  void everyLaterCallFailsAsTheFirstDid() throws Exception {
    var missing = folder.resolve("missing.so");
    var process = start(folder, List.of("-Dbitnet4j.library.path=" + missing));
    var lines = finish(process).lines().toList();
    assertEquals(2, lines.size(), lines.toString());
    assertTrue(lines.get(0).contains(missing + ": no such file"), lines.toString());
    assertEquals(lines.get(0), lines.get(1));
  }

  /** Run in a JVM of its own. */
  static final class LoadTwice {
    public static void main(String[] args) {
      int failures = 0;
      for (int i = 0; i < 2; i++) {
        try {
          System.out.println("loaded " + NativeLibrary.load());
        } catch (NativeLibraryException e) {
          System.out.println(e.getMessage());
          failures++;
        }
      }
      System.exit(failures == 0 ? 0 : 1);
    }
  }

  private Process start(Path cacheHome, List<String> jvmOptions) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(jvmOptions);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), LoadTwice.class.getName()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("XDG_CACHE_HOME", cacheHome.toString());
    return builder.start();
  }

  private static String finish(Process process) throws Exception {
    var output = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return output;
  }

  /** A library of the JDK: real, loadable and not ours. */
  private static Path systemLibrary() {
    return Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("zip"));
  }
}
