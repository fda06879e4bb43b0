package io.github.bitnet4j.sampling;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every sampler, drawn from through the options, against probabilities worked out by hand. */
class DistributionTest {
  private static final MemorySegment LOGITS = Logits.ofWeights(1, 2, 3, 4);

  /** Nothing but the draw. */
  private static final SamplingOptions PLAIN =
      SamplingOptions.DEFAULT.withTopK(0).withTopP(1).withMinP(0).withTemperature(1).withSeed(12);

  @Test
  void typical() {
    // Entropy 1.280; distances 1.023, 0.329, 0.076, 0.364: tokens 2, 1, then 3.
    assertDrawn(PLAIN.withTypicalP(0.25f), 0, 0, 1, 0);
    assertDrawn(PLAIN.withTypicalP(0.45f), 0, 2 / 5., 3 / 5., 0);
    assertDrawn(PLAIN.withTypicalP(0.6f), 0, 2 / 9., 3 / 9., 4 / 9.);
  }

  @Test
  void topNSigma() {
    // Logits 0, 0.693, 1.099, 1.386: deviation 0.521.
    assertDrawn(PLAIN.withTopNSigma(1), 0, 0, 3 / 7., 4 / 7.);
    assertDrawn(PLAIN.withTopNSigma(1.5f), 0, 2 / 9., 3 / 9., 4 / 9.);
  }

  @Test
  void xtc() {
    double kept = 0.5;
    assertDrawn(
        PLAIN.withXtc(new XtcOptions(0.5f, 0.25f)),
        kept * 1 / 10 + kept * 1 / 6,
        kept * 2 / 10 + kept * 2 / 6,
        kept * 3 / 10 + kept * 3 / 6,
        kept * 4 / 10);
  }

  @Test
  void dynamicTemperature() {
    double entropy = -.1 * Math.log(.1) - .2 * Math.log(.2) - .3 * Math.log(.3) - .4 * Math.log(.4);
    double power = 1 / (0.5 + entropy / Math.log(4));
    double[] weights = new double[4];
    double sum = 0;
    for (int i = 0; i < 4; i++) {
      weights[i] = Math.pow(i + 1, power);
      sum += weights[i];
    }
    for (int i = 0; i < 4; i++) {
      weights[i] /= sum;
    }
    assertDrawn(PLAIN.withDynamicTemperature(new DynamicTemperatureOptions(0.5f, 1)), weights);
  }

  @Test
  void logitBias() {
    float threefold = (float) Math.log(3);
    assertDrawn(
        PLAIN.withLogitBias(Map.of(0, threefold, 3, Float.NEGATIVE_INFINITY)),
        3 / 8.,
        2 / 8.,
        3 / 8.,
        0);
  }

  @Test
  void penalties() {
    var options =
        PLAIN.withFrequencyPenalty((float) Math.log(2)).withPresencePenalty((float) Math.log(1.5));
    var chain = options.newChain();
    List.of(2, 3, 3).forEach(chain::accept);
    // Token 2 has 3 / (2 * 1.5) = 1, token 3 has 4 / (4 * 1.5) = 2/3.
    double sum = 1 + 2 + 1 + 2 / 3.;
    ChiSquared.assertDrawn(new double[] {1 / sum, 2 / sum, 1 / sum, 2 / 3. / sum}, LOGITS, chain);
  }

  @Test
  void dry() {
    var options = PLAIN.withDry(new DryOptions((float) Math.log(2), 2, 2, 64, List.of()));
    var chain = options.newChain();
    List.of(0, 1, 2, 0, 1).forEach(chain::accept);
    ChiSquared.assertDrawn(new double[] {1 / 8.5, 2 / 8.5, 1.5 / 8.5, 4 / 8.5}, LOGITS, chain);
  }

  @Test
  void minKeep() {
    assertDrawn(PLAIN.withTopK(1).withMinKeep(2), 0, 0, 3 / 7., 4 / 7.);
  }

  private static void assertDrawn(SamplingOptions options, double... probabilities) {
    ChiSquared.assertDrawn(probabilities, LOGITS, options.newChain());
  }
}
