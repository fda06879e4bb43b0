package io.github.bitnet4j.ffi;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.nio.file.attribute.PosixFilePermission.GROUP_WRITE;
import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A folder of extracted libraries, each at {@code <SHA-256 of its content>/<file name>}.
 *
 * <p>A file is used only when its content is the wanted content, byte for byte, and it appears by
 * an atomic rename of a finished file. So any number of JVMs may extract at once, and one that is
 * killed or finds the disk full leaves nothing that another would load. The folder must belong to
 * the user and be writable by nobody else, or another user could exchange the file between check
 * and load.
 *
 * @param directory the folder; made, with its parents, when missing
 * @param writer writes and flushes a file
 */
record NativeLibraryCache(Path directory, FileWriter writer) {

  /** Writes content to an existing empty file; returns when it has reached the disk. */
  @FunctionalInterface
  interface FileWriter {
    void write(Path file, byte[] content) throws IOException;
  }

  private static final String TEMPORARY_SUFFIX = ".tmp";

  /** Extraction takes well under a second: an older temporary file belongs to a killed process. */
  private static final Duration ABANDONED_AFTER = Duration.ofHours(1);

  /**
   * Libraries of other versions are removed once they are this old; a running JVM keeps its own.
   */
  private static final Duration OUTDATED_AFTER = Duration.ofDays(90);

  NativeLibraryCache(Path directory) {
    this(directory, NativeLibraryCache::writeAndFlush);
  }

  /**
   * The file that holds {@code content}, extracted unless it is there already.
   *
   * @throws IOException when the folder cannot be made or written, or is open to other users
   */
  Path extract(String fileName, byte[] content) throws IOException {
    var folder = directory.resolve(sha256(content));
    makeFolders(folder);
    var temporary = Files.createTempFile(folder, fileName, TEMPORARY_SUFFIX);
    try {
      // A file just made is the surest way to learn which user this process is.
      var user = Files.getOwner(temporary);
      checkPrivate(directory, user);
      checkPrivate(folder, user);
      var file = folder.resolve(fileName);
      if (!holds(file, content)) {
        writer.write(temporary, content);
        publish(temporary, file, content);
        removeOutdated(folder, fileName);
      }
      return file;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void publish(Path temporary, Path file, byte[] content) throws IOException {
    try {
      Files.move(temporary, file, ATOMIC_MOVE);
    } catch (FileSystemException e) {
      // Windows refuses to replace a file that another JVM has loaded meanwhile.
      if (!holds(file, content)) {
        throw e;
      }
    }
    if (!holds(file, content)) {
      throw new FileSystemException(file.toString(), null, "reads back other than it was written");
    }
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static void writeAndFlush(Path file, byte[] content) throws IOException {
    try (var channel = FileChannel.open(file, WRITE)) {
      var buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  private static boolean holds(Path file, byte[] content) throws IOException {
    return Files.isRegularFile(file)
        && Files.size(file) == content.length
        && Arrays.equals(Files.readAllBytes(file), content);
  }

  private static void makeFolders(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    if (isPosix(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(folder);
    }
  }

  /** Elsewhere than on POSIX systems a user's profile is private by its inherited access list. */
  private static void checkPrivate(Path folder, UserPrincipal user) throws IOException {
    if (!isPosix(folder)) {
      return;
    }
    var attributes = Files.readAttributes(folder, PosixFileAttributes.class);
    if (!attributes.owner().equals(user)) {
      throw new FileSystemException(
          folder.toString(),
          null,
          "belongs to user %s, and this is %s".formatted(attributes.owner(), user));
    }
    var permissions = attributes.permissions();
    if (permissions.contains(GROUP_WRITE) || permissions.contains(OTHERS_WRITE)) {
      throw new FileSystemException(
          folder.toString(),
          null,
          "other users may write here: " + PosixFilePermissions.toString(permissions));
    }
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /**
   * Removes what killed processes left behind, and libraries of old versions. The cache works
   * without this, so a failure (another JVM may be doing the same) is of no interest.
   */
  private void removeOutdated(Path folder, String fileName) {
    var now = Instant.now();
    try (var versions = Files.newDirectoryStream(directory, NativeLibraryCache::isVersion)) {
      removeOlder(folder, "*" + TEMPORARY_SUFFIX, now.minus(ABANDONED_AFTER));
      for (var version : versions) {
        removeOlder(version, fileName + "*", now.minus(OUTDATED_AFTER));
      }
    } catch (IOException | DirectoryIteratorException e) {
      return;
    }
  }

  private static boolean isVersion(Path folder) {
    return folder.getFileName().toString().matches("[0-9a-f]{64}");
  }

  private static void removeOlder(Path folder, String pattern, Instant limit) throws IOException {
    try (var files = Files.newDirectoryStream(folder, pattern)) {
      for (var file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
