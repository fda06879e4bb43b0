package io.github.bitnet4j.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CandidatesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 40, 64, 999, 1000, 5000})
  void keepsTheHighestAsAFullSortDoes(int count) {
    for (long seed = 1; seed <= 5; seed++) {
      var logits = Logits.seeded(1000, seed);
      var candidates = Logits.candidates(logits);
      candidates.keepHighest(count);
      var expected =
          IntStream.range(0, 1000)
              .boxed()
              .sorted(
                  Comparator.comparing(
                          (Integer id) -> logits.getAtIndex(ValueLayout.JAVA_FLOAT, id))
                      .reversed()
                      .thenComparing(id -> id))
              .limit(count)
              .toList();
      assertEquals(expected, Logits.ids(candidates));
    }
  }

  @Test
  void keepsLogitsWithTheirIdsWhenSorting() {
    var logits = Logits.of(-1.5f, Float.NEGATIVE_INFINITY, 3, -0.0f, 0.0f, 1e-38f);
    var candidates = Logits.candidates(logits);
    candidates.sort();
    assertEquals(List.of(2, 5, 3, 4, 0, 1), Logits.ids(candidates));
    for (int i = 0; i < candidates.size(); i++) {
      float loaded = logits.getAtIndex(ValueLayout.JAVA_FLOAT, candidates.id(i));
      assertTrue(loaded == candidates.logit(i), "logit of " + candidates.id(i));
    }
  }

  @Test
  void probabilitiesAreTheSoftmaxOfWhatIsLeft() {
    var candidates = Logits.candidates(Logits.ofWeights(1, 2, 5, 2));
    assertEquals(0.5, candidates.probability(2), 1e-7);
    candidates.keepHighest(2);
    assertEquals(5.0 / 7, candidates.probability(0), 1e-7);
    candidates.setLogit(0, candidates.logit(1));
    assertEquals(0.5, candidates.probability(0), 1e-7);
    candidates.load(Logits.ofWeights(1, 2, 5, 3));
    assertEquals(2.0 / 11, candidates.probability(1), 1e-7);
    candidates.keepLogitsFrom(Math.log(1.5), 1);
    assertEquals(2.0 / 10, candidates.probability(0), 1e-7);
  }

  @Test
  void theHighestAmongEqualsIsTheLowestId() {
    var candidates = Logits.candidates(Logits.of(1, 7, 7, 7));
    assertEquals(1, candidates.id(candidates.indexOfHighest()));
  }

  @Test
  void nanCountsAsNegativeInfinity() {
    var candidates = Logits.candidates(Logits.of(Float.NaN, 0, Float.NaN));
    assertEquals(Float.NEGATIVE_INFINITY, candidates.logit(0));
    assertEquals(1.0, candidates.probability(1));
  }

  @Test
  void positiveInfinityWinsWithoutMakingNan() {
    var candidates = Logits.candidates(Logits.of(0, Float.POSITIVE_INFINITY, -Float.MAX_VALUE));
    assertEquals(1.0, candidates.probability(1));
    assertEquals(0.0, candidates.probability(2));
  }

  @Test
  void logitsThatAreAllNanOrNegativeInfinityAreRefused() {
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> Logits.candidates(Logits.of(Float.NaN, Float.NEGATIVE_INFINITY)));
    assertEquals(
        "No token can follow: all 2 logits are NaN or negative infinity", refusal.getMessage());
  }

  @Test
  void aSegmentThatIsNoWholeNumberOfFloatsIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Logits.candidates(MemorySegment.ofArray(new byte[7])));
    assertThrows(IllegalArgumentException.class, () -> Logits.candidates(Logits.of()));
  }

  @Test
  void readsUnalignedNativeMemoryAndLeavesItAsItWas() {
    try (var arena = Arena.ofConfined()) {
      var memory = arena.allocate(13).asSlice(1, 12);
      memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4, 2.5f);
      var candidates = Logits.candidates(memory);
      candidates.setLogit(1, 9);
      candidates.sort();
      assertEquals(List.of(1, 0, 2), Logits.ids(candidates));
      assertEquals(2.5f, memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4));
    }
  }

  @Test
  void isReusedForVocabulariesOfOtherSizes() {
    var candidates = new Candidates();
    candidates.load(Logits.of(1, 2, 3));
    candidates.keepHighest(1);
    candidates.load(Logits.of(5, 4));
    assertEquals(List.of(0, 1), Logits.ids(candidates));
    candidates.load(Logits.of(0, 0, 0, 0));
    assertEquals(List.of(0, 1, 2, 3), Logits.ids(candidates));
  }

  @Test
  void findsAnIdWhereverItNowIs() {
    var candidates = Logits.candidates(Logits.of(1, 5, 3));
    assertEquals(2, candidates.indexOf(2));
    candidates.keepHighest(2);
    assertEquals(0, candidates.indexOf(1));
    assertEquals(1, candidates.indexOf(2));
    assertEquals(-1, candidates.indexOf(0));
    assertEquals(-1, candidates.indexOf(99));
  }

  @Test
  void keepsTheHighestWhereTooFewReachALimit() {
    var candidates = Logits.candidates(Logits.of(1, 4, 2, 3));
    candidates.keepLogitsFrom(3.5, 3);
    assertEquals(List.of(1, 3, 2), Logits.ids(candidates));
    candidates.keepLogitsFrom(9, 0);
    assertEquals(List.of(1), Logits.ids(candidates));
  }

  @Test
  void theHighestOfALargeVocabularyAreFoundAfterAnyChange() {
    var random = new Random(4);
    for (int size : new int[] {2047, 2048, 2049, 10_000}) {
      var candidates = Logits.candidates(Logits.seeded(size, size));
      for (int round = 0; round < 50; round++) {
        int id = random.nextInt(size);
        candidates.setLogit(id, candidates.logit(id) + (float) random.nextGaussian() * 8);
        candidates.setLogit(candidates.indexOfHighest(), random.nextInt(12));
      }
      var expected =
          IntStream.range(0, size)
              .boxed()
              .sorted(
                  Comparator.comparing((Integer i) -> candidates.logit(i))
                      .reversed()
                      .thenComparing(i -> i))
              .limit(100)
              .toList();
      assertEquals(expected.getFirst(), candidates.indexOfHighest());
      candidates.keepHighest(100);
      assertEquals(expected, Logits.ids(candidates));
    }
  }

  @Test
  void nanAndInfinityAreFoundWhereverTheyAre() {
    for (int at : new int[] {0, 2047, 2048, 4999}) {
      for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        var logits = new float[5000];
        logits[at] = value;
        var candidates = Logits.candidates(Logits.of(logits));
        assertEquals(
            Float.isNaN(value) ? Float.NEGATIVE_INFINITY : Float.MAX_VALUE, candidates.logit(at));
        assertEquals(Float.isNaN(value) ? at == 0 ? 1 : 0 : at, candidates.indexOfHighest());
      }
    }
  }

  @Test
  void equalLogitsOfALargeVocabularyGoByRisingId() {
    var candidates = Logits.candidates(Logits.of(new float[6000]));
    candidates.keepHighest(40);
    assertEquals(IntStream.range(0, 40).boxed().toList(), Logits.ids(candidates));
  }

  @Test
  void lookingAtTheHighestChangesNothing() {
    var candidates = Logits.candidates(Logits.of(1, 3, 2));
    assertEquals(1, candidates.highest(2).id(0));
    assertEquals(2, candidates.highest(2).id(1));
    assertEquals(List.of(0, 1, 2), Logits.ids(candidates));
  }

  @Test
  void refusesToKeepNothing() {
    var candidates = Logits.candidates(Logits.of(1, 2));
    assertThrows(IllegalArgumentException.class, () -> candidates.keepHighest(0));
    assertThrows(IllegalArgumentException.class, () -> candidates.keepIf(i -> false));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0002, 0.01, 0.5, 0.7, 0.9, 0.999, 1})
  void rulesOutAllTokensButTheWantedOnes(double share) {
    int size = 10_000;
    for (long seed = 1; seed <= 3; seed++) {
      var random = new Random(seed);
      var wanted = new BitSet();
      IntStream.range(0, size).filter(_ -> random.nextDouble() < share).forEach(wanted::set);
      wanted.set(random.nextInt(size));
      var logits = Logits.seeded(size, seed);
      var byBits = Logits.candidates(logits);
      byBits.keepTokens(wanted.toLongArray());
      var byIds = Logits.candidates(logits);
      byIds.keepTokens(wanted.stream().toArray());
      assertEquals(wanted.stream().boxed().toList(), Logits.ids(byIds));
      assertEquals(wanted, possible(byBits));
      var expected =
          wanted.stream()
              .boxed()
              .sorted(
                  Comparator.comparing(
                          (Integer id) -> logits.getAtIndex(ValueLayout.JAVA_FLOAT, id))
                      .reversed()
                      .thenComparing(id -> id))
              .limit(50)
              .toList();
      byBits.keepHighest(expected.size());
      byIds.keepHighest(expected.size());
      assertEquals(expected, Logits.ids(byBits));
      assertEquals(expected, Logits.ids(byIds));
    }
  }

  private static BitSet possible(Candidates candidates) {
    var ids = new BitSet();
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.logit(i) > Float.NEGATIVE_INFINITY) {
        ids.set(candidates.id(i));
      }
    }
    return ids;
  }

  @Test
  void keepsWantedTokensThatAreSortedAlready() {
    for (boolean byBits : new boolean[] {false, true}) {
      var candidates = Logits.candidates(Logits.of(1, 4, 2, 3));
      candidates.sort();
      if (byBits) {
        candidates.keepTokens(new long[] {0b1101});
      } else {
        candidates.keepTokens(new int[] {0, 2, 3});
      }
      assertEquals(List.of(3, 2, 0), Logits.ids(candidates));
    }
  }

  @Test
  void keepsWantedTokensEvenIfTheModelRulesThemAllOut() {
    var values = new float[4096];
    values[7] = 1;
    for (int id = 8; id < values.length; id++) {
      values[id] = Float.NEGATIVE_INFINITY;
    }
    var wanted = new BitSet();
    wanted.set(8, values.length);
    var candidates = Logits.candidates(Logits.of(values));
    candidates.keepTokens(wanted.toLongArray());
    assertEquals(8, candidates.id(candidates.indexOfHighest()));
  }

  @Test
  void refusesToRuleOutAllTokens() {
    var bits = Logits.candidates(Logits.of(1, 2));
    assertThrows(IllegalArgumentException.class, () -> bits.keepTokens(new long[1]));
    var ids = Logits.candidates(Logits.of(1, 2));
    assertThrows(IllegalArgumentException.class, () -> ids.keepTokens(new int[] {5}));
  }
}
