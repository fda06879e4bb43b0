package io.github.bitnet4j.ffi;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** One attempt to load the native library failed: the message says which file, and why. */
final class LoadFailure extends Exception {

  private static final long serialVersionUID = 1L;

  LoadFailure(Path file, String reason, Throwable cause) {
    super(file + ": " + reason, cause);
  }

  /** A failure to write below {@code directory}; the exception may name a file of its own. */
  static LoadFailure writing(Path directory, IOException e) {
    return new LoadFailure(directory, "cannot extract the library here: " + reason(e), e);
  }

  /** A failure of the JVM to load {@code file}, without the path it repeats in its message. */
  static LoadFailure loading(Path file, Throwable e) {
    var reason = String.valueOf(e.getMessage());
    var path = file + ": ";
    while (reason.startsWith(path)) {
      reason = reason.substring(path.length());
    }
    return new LoadFailure(file, reason, e);
  }

  private static String reason(IOException e) {
    if (!(e instanceof FileSystemException failure)) {
      return String.valueOf(e.getMessage());
    }
    var reason =
        switch (failure) {
          case AccessDeniedException denied -> "permission denied";
          case NoSuchFileException missing -> "no such folder";
          case FileAlreadyExistsException exists -> "a file is in the way";
          default -> failure.getReason() == null ? failure.toString() : failure.getReason();
        };
    return failure.getFile() == null ? reason : reason + " (" + failure.getFile() + ")";
  }
}
