package io.github.bitnet4j.cli;

import io.github.bitnet4j.text.jinja.JinjaException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What to tell a user of an exception: one line that says what went wrong. */
final class Failures {
  private Failures() {}

  /** The cause in one line, without the names of classes where there is a message. */
  static String describe(Throwable failure) {
    String text =
        switch (failure) {
          case FileSystemException e -> describeFile(e);
          case JinjaException e -> "the chat template does not take this chat: " + e.getMessage();
          case UncheckedIOException e when isOwnMessage(e) ->
              e.getMessage() + ": " + describe(e.getCause());
          case UncheckedIOException e -> describe(e.getCause());
          case ExceptionInInitializerError e when e.getCause() != null -> describe(e.getCause());
          case OutOfMemoryError e ->
              "not enough memory (%s); use a smaller context (-c) or a larger heap (-Xmx)"
                  .formatted(e.getMessage());
          default ->
              failure.getMessage() == null
                  ? failure.getClass().getSimpleName()
                  : failure.getMessage();
        };
    return Text.oneLine(text);
  }

  private static String describeFile(FileSystemException e) {
    String reason =
        switch (e) {
          case FileSystemException known when known.getReason() != null -> known.getReason();
          case NoSuchFileException missing -> "no such file or folder";
          case AccessDeniedException denied -> "permission denied";
          default -> e.getClass().getSimpleName();
        };
    return e.getFile() + ": " + reason;
  }

  private static boolean isOwnMessage(UncheckedIOException e) {
    return e.getMessage() != null && !e.getMessage().equals(e.getCause().toString());
  }
}
