package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("chat, with lines typed at a terminal")
@Timeout(60)
class TypedLinesTest {
  private static final String ENTER = "\r";
  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";
  private static final String CTRL_P = "\u0010";
  private static final String PASTE = "\u001b[200~";
  private static final String PASTE_END = "\u001b[201~";

  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final ByteArrayOutputStream messages = new ByteArrayOutputStream();
  private final Keyboard keyboard = new Keyboard();
  private Terminal terminal;

  @TempDir private Path folder;

  @BeforeEach
  void openTerminal() throws IOException {
    terminal = new ExternalTerminal("test", "xterm", keyboard, screen, StandardCharsets.UTF_8);
  }

  @AfterEach
  void closeTerminal() throws IOException {
    keyboard.close();
    terminal.close();
  }

  @Test
  void aLineEndsWithEnter() throws IOException {
    var lines = lines(Optional.empty());
    type("hällo" + ENTER);
    assertEquals(Optional.of("hällo"), lines.next());
  }

  @Test
  void aBackslashAtTheEndContinuesTheMessage() throws IOException {
    var lines = lines(Optional.empty());
    type("one\\" + ENTER + "two \\ three" + ENTER);
    assertEquals(Optional.of("one\ntwo \\ three"), lines.next());
  }

  @Test
  void aPastedTextMayHoldLineBreaks() throws IOException {
    var lines = lines(Optional.empty());
    type(PASTE + "one\ntwo" + PASTE_END + ENTER);
    assertEquals(Optional.of("one\ntwo"), lines.next());
  }

  @Test
  void quotesAndExclamationMarksAreOrdinaryText() throws IOException {
    var lines = lines(Optional.empty());
    type("don't say \"hi!! !1" + ENTER);
    assertEquals(Optional.of("don't say \"hi!! !1"), lines.next());
  }

  @Test
  void ctrlCDropsTheLineAndCtrlDLeaves() throws Exception {
    var lines = lines(Optional.empty());
    // A signal means something only while the line is being edited, so each waits for its prompt.
    Thread typist =
        Thread.ofVirtual()
            .start(
                () -> {
                  typeAtPrompt(1, "half a li" + CTRL_C);
                  typeAtPrompt(2, CTRL_C);
                  typeAtPrompt(3, "whole" + ENTER);
                });
    assertEquals(Optional.of("whole"), lines.next());
    typist.join();
    assertContains(messages.toString(StandardCharsets.UTF_8), "[Ctrl-D leaves]");
    type(CTRL_D);
    assertEquals(Optional.empty(), lines.next());
  }

  @Test
  void tabCompletesCommands() throws IOException {
    var lines = lines(Optional.empty());
    type("/rese\t" + ENTER);
    assertEquals("/reset", lines.next().orElseThrow().strip());
  }

  @Test
  void earlierLinesComeBackInTheNextChat() throws IOException {
    Path history = folder.resolve("history");
    var first = lines(Optional.of(history));
    type("remember me" + ENTER);
    assertEquals(Optional.of("remember me"), first.next());
    assertContains(Files.readString(history), "remember me");

    var second = lines(Optional.of(history));
    type(CTRL_P + ENTER);
    assertEquals(Optional.of("remember me"), second.next());
  }

  private TypedLines lines(Optional<Path> history) {
    var in = new ByteArrayInputStream(new byte[0]);
    var console = Console.of(in, screen, messages, descriptor -> true);
    return new TypedLines(console, terminal, history);
  }

  private void type(String keys) {
    keyboard.type(keys);
  }

  /** Types when the prompt has been shown so many times. */
  private void typeAtPrompt(int times, String keys) {
    try {
      while (screen.toString(StandardCharsets.UTF_8).split("> ", -1).length <= times) {
        Thread.sleep(10);
      }
      type(keys);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Keys in the order they are typed, by any thread; unlike a pipe it survives its typist. */
  private static final class Keyboard extends InputStream {
    private static final int CLOSED = -1;

    private final BlockingQueue<Integer> keys = new LinkedBlockingQueue<>();

    void type(String text) {
      for (byte key : text.getBytes(StandardCharsets.UTF_8)) {
        keys.add(key & 0xff);
      }
    }

    @Override
    public int read() throws IOException {
      try {
        return keys.take();
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int key = read();
      if (key == CLOSED) {
        return CLOSED;
      }
      buffer[offset] = (byte) key;
      return 1;
    }

    @Override
    public void close() {
      keys.add(CLOSED);
    }
  }
}
