package io.github.bitnet4j.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryLoaderTest {

  private static final NativePlatform HERE = NativePlatform.current();

  private static final int ELF_MACHINE = 18;
  private static final byte ELF_X86_64 = 62;
  private static final byte ELF_AARCH64 = (byte) 183;

  @TempDir Path folder;

  @Test
  void theLibraryComesFromTheCacheFolder() {
    var loaded = new ArrayList<Path>();
    var file = loader(folder.resolve("cache"), loaded::add).load();
    assertEquals(List.of(file), loaded);
    assertTrue(file.startsWith(folder.resolve("cache")), file.toString());
    assertTrue(Files.isRegularFile(file));
  }

  @Test
  void theJvmLoadsItFromAPathWithSpacesAndLettersOutsideAscii() {
    var cache = folder.resolve("Zoë's cache folder — 缓存");
    var file = loader(cache, path -> System.load(path.toString())).load();
    assertTrue(file.startsWith(cache), file.toString());
  }

  @Test
  void aCacheFolderThatCannotBeMadeGivesWayToATemporaryOne() throws IOException {
    var home = Files.createFile(folder.resolve("a file where the home folder should be"));
    var temporary = Files.createDirectory(folder.resolve("tmp"));
    var loaded = new ArrayList<Path>();
    var file =
        new NativeLibraryLoader(
                HERE,
                Optional.empty(),
                home.resolve(".cache/bitnet4j").toString(),
                temporary.toString(),
                path -> {
                  assertTrue(Files.isRegularFile(path), path.toString());
                  System.load(path.toString());
                  loaded.add(path);
                })
            .load();
    assertEquals(List.of(file), loaded);
    assertTrue(file.startsWith(temporary), file.toString());
    try (var left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList(), "left in the temporary folder");
    }
  }

  @Test
  void aFileSystemThatForbidsExecutionGivesWayToTheTemporaryFolder() throws IOException {
    var cache = folder.resolve("noexec");
    var temporary = Files.createDirectory(folder.resolve("tmp"));
    var file =
        new NativeLibraryLoader(
                HERE,
                Optional.empty(),
                cache.toString(),
                temporary.toString(),
                path -> {
                  if (path.startsWith(cache)) {
                    throw new UnsatisfiedLinkError(path + ": failed to map segment");
                  }
                })
            .load();
    assertTrue(file.startsWith(temporary), file.toString());
  }

  @Test
  void whenNothingWorksTheMessageNamesPlatformPlacesReasonsAndRemedies() throws IOException {
    var home = Files.createFile(folder.resolve("home"));
    var loader =
        new NativeLibraryLoader(
            HERE,
            Optional.empty(),
            home.resolve(".cache/bitnet4j").toString(),
            folder.resolve("missing").toString(),
            path -> {});
    var message = assertThrows(NativeLibraryException.class, loader::load).getMessage();
    assertMentions(message, HERE.toString());
    assertMentions(message, home.resolve(".cache/bitnet4j").toString());
    assertMentions(message, "cannot extract the library here");
    assertMentions(message, folder.resolve("missing").toString());
    assertMentions(message, "no such folder");
    assertMentions(message, "XDG_CACHE_HOME");
    assertMentions(message, "-Dbitnet4j.library.path=FILE");
    assertFalse(message.contains("\n"), "one line: " + message);
  }

  @Test
  void aUserWithoutHomeIsToldSo() throws IOException {
    var loader =
        new NativeLibraryLoader(
            HERE,
            Optional.empty(),
            NativeLibraryLoader.cacheDirectory(Map.of(), "?"),
            folder.resolve("missing").toString(),
            path -> {});
    var message = assertThrows(NativeLibraryException.class, loader::load).getMessage();
    assertMentions(message, "has this user a home folder?");
  }

  @Test
  void aPlatformTheJarLacksIsNamedBesideThoseItHas() {
    var other = new NativePlatform("linux", "riscv64");
    var loader =
        new NativeLibraryLoader(
            other, Optional.empty(), folder.toString(), folder.toString(), path -> {});
    var message = assertThrows(NativeLibraryException.class, loader::load).getMessage();
    assertMentions(message, "native library for linux-riscv64");
    assertMentions(message, "/io/github/bitnet4j/native/linux-riscv64/libbitnet4j.so");
    assertMentions(message, "not in the jar, which has libraries for " + HERE);
  }

  @Test
  void theUserMayNameTheFile() throws IOException {
    var library = Files.createFile(folder.resolve("mine.so"));
    assertEquals(library, named(library.toString(), path -> {}).load());
  }

  @Test
  void theUserMayNameTheFolder() throws IOException {
    var library = Files.createFile(folder.resolve(HERE.libraryFileName()));
    assertEquals(library, named(folder.toString(), path -> {}).load());
  }

  @Test
  void aFileTheUserNamedIsNeverReplacedByAnother() {
    var missing = folder.resolve("missing.so");
    var message =
        assertThrows(NativeLibraryException.class, named(missing.toString(), path -> {})::load)
            .getMessage();
    assertMentions(message, missing + ": no such file");
    assertMentions(message, HERE.toString());
    assertMentions(message, "-Dbitnet4j.library.path");
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the processor is patched into an ELF header")
  void aLibraryForAnotherProcessorIsReportedWithTheSystemsReasonOnce() throws IOException {
    var file = folder.resolve("other.so");
    try (var in = getClass().getResourceAsStream(resourceName(HERE))) {
      var library = in.readAllBytes();
      library[ELF_MACHINE] = HERE.arch().equals("x86_64") ? ELF_AARCH64 : ELF_X86_64;
      Files.write(file, library);
    }
    var loader = named(file.toString(), path -> System.load(path.toString()));
    var message = assertThrows(NativeLibraryException.class, loader::load).getMessage();
    assertMentions(message, file + ": ");
    assertMentions(message, "platform");
    assertEquals(message.indexOf(file.toString()), message.lastIndexOf(file.toString()), message);
  }

  @Test
  void aNameThatIsNoPathIsReported() {
    var loader = named("a\0b", path -> {});
    var message = assertThrows(NativeLibraryException.class, loader::load).getMessage();
    assertMentions(message, "Nul character");
  }

  @Test
  void theCacheFolderFollowsTheXdgSpecification() {
    assertEquals(
        "/x y/bitnet4j",
        NativeLibraryLoader.cacheDirectory(Map.of("XDG_CACHE_HOME", "/x y"), "/home/me"));
    assertEquals(
        "/home/me/.cache/bitnet4j", NativeLibraryLoader.cacheDirectory(Map.of(), "/home/me"));
    assertEquals(
        "/home/me/.cache/bitnet4j",
        NativeLibraryLoader.cacheDirectory(Map.of("XDG_CACHE_HOME", "relative"), "/home/me"));
  }

  private NativeLibraryLoader loader(Path cache, Consumer<Path> systemLoad) {
    return new NativeLibraryLoader(
        HERE,
        Optional.empty(),
        cache.toString(),
        folder.resolve("no temporary folder").toString(),
        systemLoad);
  }

  private NativeLibraryLoader named(String override, Consumer<Path> systemLoad) {
    return new NativeLibraryLoader(
        HERE, Optional.of(override), folder.toString(), folder.toString(), systemLoad);
  }

  private static String resourceName(NativePlatform platform) {
    return "/io/github/bitnet4j/native/" + platform + "/" + platform.libraryFileName();
  }

  private static void assertMentions(String message, String part) {
    assertTrue(message.contains(part), () -> "'" + part + "' in: " + message);
  }
}
