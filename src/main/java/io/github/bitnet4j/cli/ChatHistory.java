package io.github.bitnet4j.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** The file that keeps what was typed in chats, readable by its owner alone. */
final class ChatHistory {
  private static final String FILE = "chat-history";

  private ChatHistory() {}

  /**
   * Makes the folder and the file unless they are there.
   *
   * @param environment variables that say where state is kept: {@code $XDG_STATE_HOME/bitnet4j},
   *     else {@code ~/.local/state/bitnet4j}; on Windows {@code %LOCALAPPDATA%\bitnet4j}
   * @throws IOException if that cannot be done
   */
  static Path prepare(Map<String, String> environment, Path home) throws IOException {
    Path folder = stateFolder(environment, home).resolve("bitnet4j");
    Files.createDirectories(folder.getParent());
    try {
      Files.createDirectory(folder, ownerOnly("rwx------"));
    } catch (FileAlreadyExistsException e) {
      // As it should be, or the next step says why not.
    }
    Path file = folder.resolve(FILE);
    try {
      Files.createFile(file, ownerOnly("rw-------"));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isWritable(file)) {
        throw new IOException(file + " cannot be written", e);
      }
    }
    return file;
  }

  private static Path stateFolder(Map<String, String> environment, Path home) {
    String xdg = environment.getOrDefault("XDG_STATE_HOME", "");
    if (Path.of(xdg).isAbsolute()) {
      return Path.of(xdg);
    }
    String windows = environment.getOrDefault("LOCALAPPDATA", "");
    return windows.isEmpty() ? home.resolve(".local").resolve("state") : Path.of(windows);
  }

  private static FileAttribute<?>[] ownerOnly(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
