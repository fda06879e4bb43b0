package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MirostatTest {
  private static final int VOCABULARY = 1000;

  @Test
  void version2DrawsAmongTokensOfAtMostSurpriseMu() {
    // Target 1 makes mu 2 bits: at least probability 0.25. At rate 0 it stays.
    var logits = Logits.ofWeights(.5, .3, .12, .08);
    ChiSquared.assertDrawn(new double[] {5 / 8., 3 / 8., 0, 0}, logits, chain(2, 1, 0));
  }

  @Test
  void version1DrawsAmongTheKMostProbable() {
    // Zipf's law with exponent 1: k = 2^mu / ln N = 2^4 / ln 1000 = 2.3.
    ChiSquared.assertDrawn(
        firstOf(VOCABULARY, 2 / 3., 1 / 3.), zipf(1, VOCABULARY), chain(1, 2, 0));
  }

  @Test
  void version1EstimatesTheExponentOfZipfsLaw() {
    for (double exponent : new double[] {0.7, 1.2, 2}) {
      double epsilon = exponent - 1;
      double k =
          Math.pow(epsilon * Math.pow(2, 9) / (1 - Math.pow(VOCABULARY, -epsilon)), 1 / exponent);
      var candidates = Logits.candidates(zipf(exponent, VOCABULARY));
      assertEquals(k, Mirostat.count(candidates.highest(101), VOCABULARY, 9), 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theSurpriseOfTheTextApproachesItsTarget(int version) {
    var chain = chain(version, 3, 0.1f);
    var logits = zipf(1.1, VOCABULARY);
    double bits = 0;
    int draws = 5000;
    for (int i = 0; i < draws; i++) {
      chain.sample(logits);
      bits -= chain.logprobs(0).chosen().logprob() / Math.log(2);
    }
    assertEquals(3, bits / draws, 0.05);
  }

  @Test
  void aTargetOfNoSurpriseTakesTheMostProbableToken() {
    ChiSquared.assertDrawn(new double[] {0, 1, 0}, Logits.of(1, 3, 2), chain(2, 0, 0));
    ChiSquared.assertDrawn(new double[] {0, 1, 0}, Logits.of(1, 3, 2), chain(1, 0, 0));
  }

  private static SamplerChain chain(int version, float target, float rate) {
    return new SamplerChain(List.of(), new Mirostat(new MirostatOptions(version, target, rate), 4));
  }

  private static double[] firstOf(int size, double... probabilities) {
    return Arrays.copyOf(probabilities, size);
  }

  private static MemorySegment zipf(double exponent, int size) {
    var logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = (float) (-exponent * Math.log(i + 1));
    }
    return Logits.of(logits);
  }
}
