package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongPieceMergerTest {
  private static final int LETTERS = 3;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void windowsMergeLikeARepeatedScanForTheBestPair(long seed) {
    var random = new Random(seed);
    for (int vocabulary = 0; vocabulary < 40; vocabulary++) {
      var merges = merges(random);
      for (int i = 0; i < 20; i++) {
        int[] piece = piece(random, 1 + random.nextInt(700));
        int window = 1 + random.nextInt(120);
        assertArrayEquals(
            scanned(piece, merges),
            inWindows(piece, merges, window),
            () -> "windows of %d: %s".formatted(window, Arrays.toString(piece)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void windowsMergeLikeOneThatHoldsTheWholePiece(long seed) {
    var random = new Random(seed);
    for (int vocabulary = 0; vocabulary < 4; vocabulary++) {
      var merges = merges(random);
      int[] piece = piece(random, 60_000);
      assertArrayEquals(inWindows(piece, merges, piece.length), inWindows(piece, merges, 1 << 14));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 40})
  void textThatRepeatsMergesLikeOneWindowThatHoldsTheWholePiece(int period) {
    var random = new Random(period);
    for (int vocabulary = 0; vocabulary < 20; vocabulary++) {
      var merges = merges(random);
      int[] unit = letters(random, period);
      var piece = new int[5000];
      Arrays.setAll(piece, i -> unit[i % period]);
      piece[4000] = (piece[4000] + 1) % LETTERS;
      assertArrayEquals(inWindows(piece, merges, piece.length), inWindows(piece, merges, 256));
    }
  }

  private static int[] scanned(int[] piece, MergeTable merges) {
    int[] symbols = piece.clone();
    return Arrays.copyOf(symbols, BytePairMerger.mergeByScan(symbols, symbols.length, merges));
  }

  private static int[] inWindows(int[] piece, MergeTable merges, int firstWindow) {
    int[] symbols = piece.clone();
    return Arrays.copyOf(
        symbols, LongPieceMerger.merge(symbols, symbols.length, merges, firstWindow));
  }

  /** Random letters, or text with a period, with a few letters changed or none. */
  private static int[] piece(Random random, int length) {
    int[] unit = letters(random, random.nextBoolean() ? length : 1 + random.nextInt(6));
    var piece = new int[length];
    Arrays.setAll(piece, i -> unit[i % unit.length]);
    for (int changes = random.nextInt(4); changes > 0; changes--) {
      piece[random.nextInt(length)] = random.nextInt(LETTERS);
    }
    return piece;
  }

  private static int[] letters(Random random, int length) {
    return random.ints(length, 0, LETTERS).toArray();
  }

  /**
   * Merges of a seeded vocabulary whose symbols are texts of up to 8 letters. Ranks are drawn at
   * random, so that a merge may come before those that make its parts, and pairs may share one.
   */
  private static MergeTable merges(Random random) {
    int count = 1 + random.nextInt(60);
    int ranks = random.nextBoolean() ? count : 4;
    boolean rising = random.nextBoolean();
    List<String> symbols = new ArrayList<>(List.of("a", "b", "c"));
    var table = new MergeTable(count);
    for (int i = 0; i < count; i++) {
      int left = random.nextInt(symbols.size());
      int right = random.nextInt(symbols.size());
      var text = symbols.get(left) + symbols.get(right);
      if (text.length() <= 8) {
        if (!symbols.contains(text)) {
          symbols.add(text);
        }
        int rank = rising ? i : random.nextInt(ranks);
        table.putIfAbsent(left, right, rank, symbols.indexOf(text), text.length());
      }
    }
    return table;
  }
}
