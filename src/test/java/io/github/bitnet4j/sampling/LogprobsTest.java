package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LogprobsTest {
  @Test
  void theyAreLogarithmsOfTheModelsOwnProbabilities() {
    var logprobs = new Logprobs(2).of(Logits.ofWeights(1, 4, 2, 3), 0);
    assertToken(0, 0.1, logprobs.chosen());
    assertEquals(2, logprobs.top().size());
    assertToken(1, 0.4, logprobs.top().get(0));
    assertToken(3, 0.3, logprobs.top().get(1));
  }

  @Test
  void allOfThemSumToOne() {
    int size = 5000;
    var logits = Logits.seeded(size, 3);
    var logprobs = new Logprobs(size).of(logits, 17);
    assertEquals(size, logprobs.top().size());
    assertEquals(1, logprobs.top().stream().mapToDouble(t -> Math.exp(t.logprob())).sum(), 1e-12);
    double previous = 0;
    for (var token : logprobs.top()) {
      assertTrue(token.logprob() <= previous);
      previous = token.logprob();
    }
  }

  @Test
  void afterSamplingTheyAreThoseOfWhatWasLeft() {
    var chain = new SamplerChain(List.of(new TopK(2, 0)), new Draw(1));
    int token = chain.sample(Logits.ofWeights(1, 4, 2, 3));
    var logprobs = chain.logprobs(9);
    assertToken(token, token == 1 ? 4 / 7. : 3 / 7., logprobs.chosen());
    assertEquals(2, logprobs.top().size());
    assertToken(1, 4 / 7., logprobs.top().get(0));
    assertToken(3, 3 / 7., logprobs.top().get(1));
  }

  @Test
  void afterGreedySamplingTheTokenIsCertain() {
    var chain = SamplingOptions.GREEDY.newChain();
    chain.sample(Logits.of(1, 3, 2));
    assertEquals(
        new TokenLogprobs(new TokenLogprob(1, 0), List.of(new TokenLogprob(1, 0))),
        chain.logprobs(3));
  }

  @Test
  void whatIsImpossibleHasNegativeInfinity() {
    var logprobs = new Logprobs(0).of(Logits.of(0, Float.NaN), 1);
    assertEquals(Double.NEGATIVE_INFINITY, logprobs.chosen().logprob());
    assertEquals(List.of(), logprobs.top());
  }

  @Test
  void thereAreNoneOfATokenOutsideTheVocabularyOrBeforeSampling() {
    var logits = Logits.of(1, 2);
    assertThrows(IndexOutOfBoundsException.class, () -> new Logprobs(0).of(logits, 2));
    var chain = SamplingOptions.GREEDY.newChain();
    assertThrows(IllegalStateException.class, () -> chain.logprobs(1));
    assertThrows(IllegalArgumentException.class, () -> new Logprobs(-1));
  }

  private static void assertToken(int id, double probability, TokenLogprob token) {
    assertEquals(id, token.token());
    assertEquals(Math.log(probability), token.logprob(), 1e-6);
  }
}
