package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SamplerStepTest {
  @Test
  void theUsualOrderIsLlamaCpps() {
    assertEquals(
        "penalties;dry;top_n_sigma;top_k;typ_p;top_p;min_p;xtc;temperature",
        SamplerStep.format(SamplerStep.DEFAULT_ORDER));
    assertEquals(SamplerStep.DEFAULT_ORDER, SamplerStep.parseLetters("edskypmxt"));
  }

  @Test
  void anOrderIsReadAsItIsWritten() {
    for (var order :
        List.of(
            SamplerStep.DEFAULT_ORDER,
            SamplerStep.DEFAULT_ORDER.reversed(),
            List.<SamplerStep>of())) {
      assertEquals(order, SamplerStep.parseOrder(SamplerStep.format(order)));
    }
  }

  @Test
  void otherSpellingsAreUnderstood() {
    assertEquals(
        List.of(
            SamplerStep.TOP_K,
            SamplerStep.TOP_P,
            SamplerStep.TEMPERATURE,
            SamplerStep.TYP_P,
            SamplerStep.TOP_N_SIGMA),
        SamplerStep.parseOrder("top-k, nucleus; Temp;typical;top-n-sigma"));
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertRefused(
        "no sampler is called 'top_q'; there are penalties, dry, top_n_sigma, top_k, typ_p,"
            + " top_p, min_p, xtc, temperature",
        "top_k;top_q");
    assertRefused(
        "no sampler is called ''; there are penalties, dry, top_n_sigma, top_k, typ_p, top_p,"
            + " min_p, xtc, temperature",
        "top_k;");
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> SamplerStep.parseLetters("kz"));
    assertEquals(
        "no sampler has the letter 'z'; there are e (penalties), d (dry), s (top_n_sigma), k"
            + " (top_k), y (typ_p), p (top_p), m (min_p), x (xtc), t (temperature)",
        refusal.getMessage());
  }

  private static void assertRefused(String message, String order) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> SamplerStep.parseOrder(order));
    assertEquals(message, refusal.getMessage());
  }
}
