package io.github.bitnet4j.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the files that options name. */
final class InputFile {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private InputFile() {}

  /** All of a file; errors name it. */
  private static byte[] bytes(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a folder; name a file in it");
    }
    return Files.readAllBytes(file);
  }

  /** All of a file of text, without the mark that some editors put in front of UTF-8. */
  static String text(Path file) throws IOException {
    String text = text(bytes(file), file.toString());
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
  }

  /**
   * The text that {@code bytes} are.
   *
   * @param name what to call their source in messages
   * @throws IOException if they are not UTF-8; the message says where
   */
  static String text(byte[] bytes, String name) throws IOException {
    var buffer = ByteBuffer.wrap(bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(buffer).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(
          "%s is not UTF-8 text at byte %d; convert it first".formatted(name, buffer.position()),
          e);
    }
  }
}
