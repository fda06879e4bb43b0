package io.github.bitnet4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void theMeanIsThatOfAllSamples() {
    assertEquals(5.0, Statistics.mean(2, 4, 4, 4, 5, 5, 7, 9));
    assertEquals(3.0, Statistics.mean(3));
  }

  @Test
  void theDeviationIsThatOfASampleNotOfAPopulation() {
    assertEquals(Math.sqrt(32.0 / 7), Statistics.deviation(2, 4, 4, 4, 5, 5, 7, 9), 1e-12);
    assertEquals(0.0, Statistics.deviation(5, 5, 5));
  }

  @Test
  void oneSampleHasNoDeviation() {
    assertEquals(0.0, Statistics.deviation(3));
  }

  @Test
  void nothingHasMeanAndDeviationZero() {
    assertEquals(0.0, Statistics.mean());
    assertEquals(0.0, Statistics.deviation());
  }
}
