package io.github.bitnet4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.generate.TextSession;
import io.github.bitnet4j.text.ChatMessage;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The model in the jar does what it is there for. docs/demo-model.md has its figures; this notices
 * a file or an engine that no longer gives them.
 */
class DemoModelTest {
  private static final long MAX_BYTES = 4_000_000;
  private static final GenerateOptions ANSWER = GenerateOptions.greedy().withMaxTokens(40);

  private static BitNetModel model;

  @BeforeAll
  static void loadModel() {
    model = BitNetModel.demo(LoadOptions.DEFAULT.withThreads(1));
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  @Test
  void itsFileNeedsNoRepairAndStaysSmall() {
    assertEquals(List.of(), model.warnings());
    assertTrue(model.model().file().byteSize() <= MAX_BYTES);
  }

  @Test
  void itAddsAndSubtracts() {
    var random = new SplittableRandom(1);
    int right = 0;
    for (int i = 0; i < 40; i++) {
      int a = random.nextInt(100);
      int b = random.nextInt(a + 1);
      boolean plus = random.nextBoolean();
      String sum = "%d %s %d =".formatted(a, plus ? "+" : "-", b);
      try (TextSession session = model.newSession()) {
        String text = session.generate(sum, ANSWER.withMaxTokens(6)).text();
        right += text.startsWith(" %d.".formatted(plus ? a + b : a - b)) ? 1 : 0;
      }
    }
    assertTrue(right >= 36, "only " + right + " of 40 sums are right");
  }

  @Test
  void itAnswersAQuestionAboutAStoryInAChat() {
    String story = "Anna went to the market. Anna found a red ball at the market.";
    var messages = List.of(ChatMessage.user(story + " Who found the ball?"));
    try (TextSession session = model.newSession()) {
      assertEquals("Anna found the ball.", session.chat(messages, ANSWER).text());
    }
  }
}
