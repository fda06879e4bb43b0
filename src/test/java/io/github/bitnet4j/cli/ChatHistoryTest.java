package io.github.bitnet4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ChatHistoryTest {
  @TempDir private Path home;

  @Test
  void itLiesInTheStateFolderOfTheUser() throws IOException {
    assertEquals(
        home.resolve(".local/state/bitnet4j/chat-history"), ChatHistory.prepare(Map.of(), home));
    Path state = home.resolve("my state");
    assertEquals(
        state.resolve("bitnet4j/chat-history"),
        ChatHistory.prepare(Map.of("XDG_STATE_HOME", state.toString()), home));
  }

  @Test
  void aRelativeStateFolderIsIgnored() throws IOException {
    assertEquals(
        home.resolve(".local/state/bitnet4j/chat-history"),
        ChatHistory.prepare(Map.of("XDG_STATE_HOME", "state"), home));
  }

  @Test
  void whatIsThereIsKept() throws IOException {
    Path file = ChatHistory.prepare(Map.of(), home);
    Files.writeString(file, "earlier");
    assertEquals("earlier", Files.readString(ChatHistory.prepare(Map.of(), home)));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "permissions are those of the user's folder")
  void onlyItsOwnerCanReadIt() throws IOException {
    Path file = ChatHistory.prepare(Map.of(), home);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
  }

  @Test
  void aHomeThatCannotBeUsedIsSaid() throws IOException {
    Path file = Files.writeString(home.resolve("no-folder"), "");
    assertThrows(IOException.class, () -> ChatHistory.prepare(Map.of(), file));
  }
}
