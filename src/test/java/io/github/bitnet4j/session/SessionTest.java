package io.github.bitnet4j.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.testing.Logits;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SessionTest {
  private static final int CONTEXT = 96;
  private static final int[] PROMPT = IntStream.range(0, 70).map(i -> i * 37 % 300).toArray();

  private static Model model;

  @BeforeAll
  static void loadModel() throws Exception {
    model = TestModels.load(RandomModel.builder().context(CONTEXT).seed(7));
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  private static Session open() {
    return new Session(model, SessionOptions.DEFAULT);
  }

  private static float[] logitsAfter(int... tokens) {
    try (Session session = open()) {
      return Logits.copy(session.prefill(tokens));
    }
  }

  @Test
  void aPromptGivesTheSameLogitsInOneGoInChunksOrTokenByToken() {
    float[] whole = logitsAfter(PROMPT);
    try (Session chunks = new Session(model, SessionOptions.DEFAULT.withBatchTokens(7));
        Session single = open()) {
      assertArrayEquals(whole, Logits.copy(chunks.prefill(PROMPT)));
      for (int token : PROMPT) {
        single.decode(token);
      }
      assertArrayEquals(whole, Logits.copy(single.logits()));
    }
  }

  @Test
  void evaluateGivesEveryTokensLogits() {
    try (Session session = open()) {
      float[][] rows = Logits.of(session, PROMPT);
      for (int i : new int[] {0, 1, 15, 16, 31, 32, PROMPT.length - 1}) {
        assertArrayEquals(logitsAfter(Arrays.copyOf(PROMPT, i + 1)), rows[i], "token " + i);
      }
      assertArrayEquals(rows[PROMPT.length - 1], Logits.copy(session.logits()));
    }
  }

  @Test
  void differentTokensGiveDifferentLogits() {
    assertFalse(Arrays.equals(logitsAfter(1, 2, 3), logitsAfter(1, 2, 4)));
    assertFalse(Arrays.equals(logitsAfter(1, 2, 3), logitsAfter(2, 1, 3)));
  }

  @Test
  void aRewoundSessionContinuesAsIfTheRestHadNeverBeen() {
    try (Session session = open()) {
      session.prefill(PROMPT);
      session.rewind(33);
      assertEquals(33, session.position());
      float[] again = Logits.copy(session.prefill(5, 6, 7));
      int[] straight = Arrays.copyOf(PROMPT, 36);
      System.arraycopy(new int[] {5, 6, 7}, 0, straight, 33, 3);
      assertArrayEquals(logitsAfter(straight), again);
      assertArrayEquals(straight, session.tokens());
    }
  }

  @Test
  void rewindingToWhereItIsKeepsTheLogits() {
    try (Session session = open()) {
      float[] before = Logits.copy(session.prefill(1, 2));
      session.rewind(2);
      assertArrayEquals(before, Logits.copy(session.logits()));
      session.rewind(1);
      assertThrows(IllegalStateException.class, session::logits);
      assertThrows(IllegalArgumentException.class, () -> session.rewind(2));
      assertThrows(IllegalArgumentException.class, () -> session.rewind(-1));
    }
  }

  @Test
  void aForkAndItsOriginGoSeparateWays() {
    try (Session session = open()) {
      session.prefill(PROMPT);
      try (Session fork = session.fork()) {
        assertArrayEquals(Logits.copy(session.logits()), Logits.copy(fork.logits()));
        assertArrayEquals(session.tokens(), fork.tokens());
        float[] left = Logits.copy(session.decode(1));
        float[] right = Logits.copy(fork.decode(2));
        assertArrayEquals(logitsAfter(append(PROMPT, 1)), left);
        assertArrayEquals(logitsAfter(append(PROMPT, 2)), right);
      }
      session.decode(3);
    }
  }

  @Test
  void aFullContextIsRefusedAndTheSessionUnchanged() {
    try (Session session = open()) {
      session.prefill(PROMPT);
      float[] before = Logits.copy(session.logits());
      int[] tooMany = new int[CONTEXT - PROMPT.length + 1];
      ContextLimitException e =
          assertThrows(ContextLimitException.class, () -> session.prefill(tooMany));
      assertEquals(PROMPT.length, e.position());
      assertEquals(tooMany.length, e.requested());
      assertEquals(CONTEXT, e.limit());
      assertArrayEquals(before, Logits.copy(session.logits()));
      session.prefill(Arrays.copyOf(tooMany, tooMany.length - 1));
      assertEquals(CONTEXT, session.position());
      assertThrows(ContextLimitException.class, () -> session.decode(0));
    }
  }

  @Test
  void tokensOutsideTheVocabularyAreNamed() {
    try (Session session = open()) {
      int vocab = model.hyperparameters().vocab();
      for (int bad : new int[] {-1, vocab, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> session.prefill(0, bad));
        assertTrue(e.getMessage().contains("token 2 of 2 has id " + bad), e.getMessage());
      }
      assertThrows(IllegalArgumentException.class, session::prefill);
      assertEquals(0, session.position());
    }
  }

  @Test
  void aMonitorCanStopAPrefillBetweenBatches() {
    try (Session session = new Session(model, SessionOptions.DEFAULT.withBatchTokens(16))) {
      assertFalse(session.prefill(PROMPT, (done, total) -> done < 32));
      assertEquals(32, session.position());
      assertThrows(IllegalStateException.class, session::logits);
      int[] rest = Arrays.copyOfRange(PROMPT, 32, PROMPT.length);
      assertArrayEquals(logitsAfter(PROMPT), Logits.copy(session.prefill(rest)));
    }
  }

  @Test
  void aSecondThreadIsTurnedAway() throws Exception {
    try (Session session = new Session(model, SessionOptions.DEFAULT.withBatchTokens(1))) {
      Throwable[] seen = new Throwable[1];
      session.prefill(
          new int[] {1, 2},
          (done, total) -> {
            Thread intruder =
                Thread.ofVirtual()
                    .start(
                        () -> {
                          try {
                            session.decode(3);
                          } catch (Throwable t) {
                            seen[0] = t;
                          }
                        });
            try {
              intruder.join();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return true;
          });
      assertEquals(IllegalStateException.class, seen[0].getClass());
      assertEquals(2, session.position());
    }
  }

  @Test
  void aClosedSessionSaysSo() {
    Session session = open();
    session.prefill(1);
    session.close();
    session.close();
    assertThrows(IllegalStateException.class, () -> session.decode(1));
    assertThrows(IllegalStateException.class, session::logits);
    assertThrows(IllegalStateException.class, session::fork);
  }

  @Test
  void logitsAreReadOnlyAndOnePerToken() {
    try (Session session = open()) {
      MemorySegment logits = session.prefill(1);
      assertEquals(model.hyperparameters().vocab() * 4L, logits.byteSize());
      assertTrue(logits.isReadOnly());
    }
  }

  @Test
  void largerBatchesTakeMoreScratchMemory() {
    try (Session small = new Session(model, SessionOptions.DEFAULT.withBatchTokens(1));
        Session large = open()) {
      assertTrue(small.scratchBytes() > 0);
      assertTrue(large.scratchBytes() > small.scratchBytes());
    }
  }

  @Test
  void exactKeysAndValuesGiveOtherLogitsThanRoundedOnes() {
    try (Session exact = new Session(model, SessionOptions.DEFAULT.withKvType(KvType.F32))) {
      float[] rounded = logitsAfter(PROMPT);
      float[] unrounded = Logits.copy(exact.prefill(PROMPT));
      assertFalse(Arrays.equals(rounded, unrounded));
      assertNotEquals(0, exact.kvBytes());
    }
  }

  private static int[] append(int[] tokens, int token) {
    int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
    longer[tokens.length] = token;
    return longer;
  }
}
