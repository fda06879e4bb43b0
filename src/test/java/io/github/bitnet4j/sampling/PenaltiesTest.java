package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PenaltiesTest {
  @Test
  void theRepeatPenaltyDividesPositiveAndMultipliesOtherLogitsOnceEach() {
    var penalties = new Penalties(2, 0, 0, 8);
    accept(penalties, 0, 1, 0, 0, 3);
    assertLogits(penalties, new float[] {4, -4, 4, 0}, new float[] {2, -8, 4, 0});
  }

  @Test
  void theFrequencyPenaltyCountsAndThePresencePenaltyDoesNot() {
    var penalties = new Penalties(1, 0.5f, 0.25f, 8);
    accept(penalties, 0, 1, 0, 0);
    assertLogits(penalties, new float[] {4, -4, 4}, new float[] {2.25f, -4.75f, 4});
  }

  @Test
  void theRepeatPenaltyComesBeforeTheOthers() {
    var penalties = new Penalties(2, 1, 0, 8);
    accept(penalties, 0);
    assertLogits(penalties, new float[] {4}, new float[] {1});
  }

  @Test
  void negativePenaltiesEncourage() {
    var penalties = new Penalties(1, -1, -2, 8);
    accept(penalties, 0, 0);
    assertLogits(penalties, new float[] {1, 1}, new float[] {5, 1});
  }

  @Test
  void theyLookBackNoFurtherThanTheirWindow() {
    var random = new Random(1);
    for (int window : new int[] {1, 2, 7, 64, 65, TokenWindow.ALL}) {
      var penalties = new Penalties(1, 1, 0, window);
      var recent = new ArrayDeque<Integer>();
      for (int i = 0; i < 300; i++) {
        int token = random.nextInt(5);
        penalties.accept(token);
        recent.addLast(token);
        if (window != TokenWindow.ALL && recent.size() > window) {
          recent.removeFirst();
        }
      }
      var expected = new float[5];
      for (int token = 0; token < 5; token++) {
        expected[token] = -Collections.frequency(recent, token);
      }
      assertLogits(penalties, new float[5], expected);
    }
  }

  @Test
  void applyingTwiceGivesTheSameTwice() {
    var penalties = new Penalties(1, 1, 0, 8);
    accept(penalties, 0, 0, 1);
    assertLogits(penalties, new float[2], new float[] {-2, -1});
    assertLogits(penalties, new float[2], new float[] {-2, -1});
  }

  @Test
  void theyForgetOnReset() {
    var penalties = new Penalties(2, 1, 1, 2);
    accept(penalties, 0);
    penalties.reset();
    assertLogits(penalties, new float[] {4}, new float[] {4});
  }

  @Test
  void theyIgnoreTokensNoLongerInTheRunning() {
    var penalties = new Penalties(2, 0, 0, 4);
    accept(penalties, 0, 7);
    var candidates = Logits.candidates(Logits.of(1, 4));
    candidates.keepHighest(1);
    penalties.apply(candidates);
    assertEquals(4, candidates.logit(0));
  }

  @Test
  void theyNeverRuleOutTheLastToken() {
    var penalties = new Penalties(10, Float.MAX_VALUE, Float.MAX_VALUE, 4);
    accept(penalties, 0);
    assertLogits(penalties, new float[] {-Float.MAX_VALUE}, new float[] {-Float.MAX_VALUE});
  }

  private static void accept(Penalties penalties, int... tokens) {
    for (int token : tokens) {
      penalties.accept(token);
    }
  }

  private static void assertLogits(Penalties penalties, float[] before, float[] after) {
    var candidates = Logits.candidates(Logits.of(before));
    penalties.apply(candidates);
    for (int i = 0; i < after.length; i++) {
      assertEquals(after[i] + 0f, candidates.logit(i) + 0f, "logit " + i);
    }
  }
}
