package io.github.bitnet4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.bitnet4j.ffi.KvType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("a test of bench")
class BenchTestTest {
  @ParameterizedTest
  @CsvSource({
    "512, 0, 0, 1, pp512",
    "0, 128, 0, 1, tg128",
    "512, 128, 0, 1, pp512+tg128",
    "0, 128, 1024, 1, tg128 @ d1024",
    "0, 128, 0, 8, tg128 x8",
    "0, 32, 64, 2, tg32 x2 @ d64",
  })
  void isNamedAsLlamaBenchDoes(int prompt, int generated, int depth, int sequences, String name) {
    assertEquals(name, test(prompt, generated, depth, sequences).name());
  }

  @Test
  void countsTheTokensOfAllSequences() {
    assertEquals(8 * 32, test(0, 32, 64, 8).timedTokens());
    assertEquals(20, test(16, 4, 64, 1).timedTokens());
  }

  @Test
  void needsRoomForDepthPromptAndGeneration() {
    assertEquals(84, test(16, 4, 64, 1).contextTokens());
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 0, 1", "-1, 2, 0, 1", "1, 0, -1, 1", "0, 1, 0, 0", "1, 1, 0, 2"})
  void refusesWhatCannotBeRun(int prompt, int generated, int depth, int sequences) {
    assertThrows(IllegalArgumentException.class, () -> test(prompt, generated, depth, sequences));
  }

  private static BenchTest test(int prompt, int generated, int depth, int sequences) {
    return new BenchTest(prompt, generated, depth, sequences, 128, KvType.F16);
  }
}
