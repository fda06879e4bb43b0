package io.github.bitnet4j.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryCacheTest {

  private static final byte[] CONTENT = "the library".getBytes(UTF_8);
  private static final String NAME = "libexample.so";

  @TempDir Path home;
  private NativeLibraryCache cache;

  @BeforeEach
  void openCache() {
    cache = new NativeLibraryCache(home.resolve(".cache/bitnet4j"));
  }

  @Test
  void aFileLiesUnderTheHashOfItsContent() throws IOException {
    var file = cache.extract(NAME, CONTENT);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertEquals(cache.directory().resolve(NativeLibraryCache.sha256(CONTENT)).resolve(NAME), file);
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        NativeLibraryCache.sha256("abc".getBytes(UTF_8)));
  }

  @Test
  void aFileThatIsThereIsNotWrittenAgain() throws IOException {
    var file = cache.extract(NAME, CONTENT);
    var writerThatMustRest =
        new NativeLibraryCache(
            cache.directory(),
            (path, content) -> {
              throw new IOException("written again");
            });
    assertEquals(file, writerThatMustRest.extract(NAME, CONTENT));
  }

  @Test
  void aFileWithOtherContentIsReplaced() throws IOException {
    var file = cache.extract(NAME, CONTENT);
    Files.writeString(file, "the librarx"); // same length
    assertArrayEquals(CONTENT, Files.readAllBytes(cache.extract(NAME, CONTENT)));
    Files.writeString(file, "");
    assertArrayEquals(CONTENT, Files.readAllBytes(cache.extract(NAME, CONTENT)));
  }

  @Test
  void aWriteThatFailsMidwayLeavesNoFileAtAll() throws IOException {
    var fullDisk =
        new NativeLibraryCache(
            cache.directory(),
            (path, content) -> {
              Files.write(path, List.of("half"));
              throw new IOException("No space left on device");
            });
    var e = assertThrows(IOException.class, () -> fullDisk.extract(NAME, CONTENT));
    assertEquals("No space left on device", e.getMessage());
    try (var files = Files.walk(home).filter(Files::isRegularFile)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void aDiskThatLosesWhatWasWrittenIsReported() {
    var lossy =
        new NativeLibraryCache(cache.directory(), (path, content) -> Files.writeString(path, "?"));
    var e = assertThrows(FileSystemException.class, () -> lossy.extract(NAME, CONTENT));
    assertTrue(e.getMessage().contains("reads back other than it was written"), e.getMessage());
  }

  @Test
  void whatAKilledProcessLeftIsRemovedAndWhatALiveOneWritesIsNot() throws IOException {
    var folder = cache.extract(NAME, CONTENT).getParent();
    Files.delete(folder.resolve(NAME));
    var abandoned = Files.writeString(folder.resolve(NAME + "1.tmp"), "half");
    var inUse = Files.writeString(folder.resolve(NAME + "2.tmp"), "half");
    age(abandoned, Duration.ofHours(2));
    cache.extract(NAME, CONTENT);
    assertFalse(Files.exists(abandoned));
    assertTrue(Files.exists(inUse));
  }

  @Test
  void librariesOfOldVersionsAreRemovedWhenANewOneArrives() throws IOException {
    var old = cache.extract(NAME, "an old library".getBytes(UTF_8));
    var recent = cache.extract(NAME, "a recent library".getBytes(UTF_8));
    var notOurs = Files.writeString(old.resolveSibling("notes.txt"), "kept");
    age(old, Duration.ofDays(100));
    age(notOurs, Duration.ofDays(100));
    cache.extract(NAME, CONTENT);
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(recent));
    assertTrue(Files.exists(notOurs));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "access lists are inherited there")
  void theFoldersMadeAreClosedToOtherUsers() throws IOException {
    var file = cache.extract(NAME, CONTENT);
    for (var path = file.getParent(); !path.equals(home); path = path.getParent()) {
      var permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
      assertEquals("rwx------", permissions, path.toString());
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "access lists are inherited there")
  void aFolderOtherUsersMayWriteIsRefused() throws IOException {
    cache.extract(NAME, CONTENT);
    Files.setPosixFilePermissions(cache.directory(), PosixFilePermissions.fromString("rwxrwxrwx"));
    var e = assertThrows(FileSystemException.class, () -> cache.extract(NAME, CONTENT));
    assertEquals(cache.directory().toString(), e.getFile());
    assertTrue(e.getReason().contains("other users may write here: rwxrwxrwx"), e.getReason());
  }

  private static void age(Path file, Duration age) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }
}
