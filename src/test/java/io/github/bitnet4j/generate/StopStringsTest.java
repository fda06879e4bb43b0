package io.github.bitnet4j.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.text.ControlTokens;
import io.github.bitnet4j.text.EncodeOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopStringsTest {
  @Test
  void whatCouldBecomeAStopStringIsHeldBack() {
    var stops = new StopStrings(List.of("END"));
    assertEquals("the ", stops.accept("the E"));
    assertEquals("", stops.accept("N"));
    assertEquals("EN", stops.accept("E"));
    assertEquals("", stops.accept("N"));
    assertEquals("", stops.accept("D and more"));
    assertEquals(Optional.of("END"), stops.found());
    assertEquals("", stops.accept("more"));
    assertEquals("", stops.finish());
  }

  @Test
  void whatIsHeldBackComesAtTheEnd() {
    var stops = new StopStrings(List.of("END"));
    assertEquals("the ", stops.accept("the EN"));
    assertEquals("EN", stops.finish());
    assertEquals(Optional.empty(), stops.found());
  }

  @Test
  void theOneThatEndsFirstIsFoundAndOfThoseTheLongest() {
    assertFound("b", "a", "abcd", "abcd", "b");
    assertFound("abc", "", "abcd", "bc", "abc", "c");
    assertFound("aa", "b", "baaa", "aa", "aaa");
  }

  @Test
  void withoutStopStringsNothingIsHeldBack() {
    var stops = new StopStrings(List.of());
    assertEquals("abc", stops.accept("abc"));
    assertEquals("", stops.finish());
  }

  @Test
  void aStopStringOfCharactersSplitOverTokensIsFound() {
    try (var model = BitNetModel.demo()) {
      var tokenizer = model.tokenizer();
      int[] tokens = tokenizer.encode("na\u00efve \u20ac\ud83d\ude00 end", EncodeOptions.TEXT_ONLY);
      var text = tokenizer.newStream(ControlTokens.OMIT);
      var stops = new StopStrings(List.of("\u20ac\ud83d\ude00"));
      var emitted = new StringBuilder();
      int emptyPieces = 0;
      for (int token : tokens) {
        String piece = text.accept(token);
        emptyPieces += piece.isEmpty() ? 1 : 0;
        emitted.append(stops.accept(piece));
      }
      assertTrue(emptyPieces > 0, "no token ended within a character");
      assertEquals("na\u00efve ", emitted.toString());
      assertEquals(Optional.of("\u20ac\ud83d\ude00"), stops.found());
    }
  }

  @Test
  void howATextIsCutMakesNoDifference() {
    var random = new Random(6);
    String[] letters = {"a", "b", "\u00e9", "\ud83d\ude00", "\ud83d\ude01"};
    for (int round = 0; round < 5000; round++) {
      var strings = new ArrayList<String>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        strings.add(text(random, letters, 1 + random.nextInt(4)));
      }
      var stops = new StopStrings(strings);
      var text = new StringBuilder();
      var emitted = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        String piece = text(random, letters, random.nextInt(4));
        text.append(piece);
        emitted.append(stops.accept(piece));
      }
      emitted.append(stops.finish());
      Optional<String> found = defined(text.toString(), strings);
      assertEquals(found, stops.found());
      String kept = found.map(s -> text.substring(0, text.indexOf(s))).orElse(text.toString());
      assertEquals(kept, emitted.toString());
    }
  }

  @Test
  void whatCannotBeAStopStringIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> StopStrings.check(""));
    assertThrows(IllegalArgumentException.class, () -> StopStrings.check("a\ud83d"));
    StopStrings.check("\ud83d\ude00");
  }

  /** The definition, on the whole text: the first end, then the longest. */
  private static Optional<String> defined(String text, List<String> strings) {
    for (int end = 1; end <= text.length(); end++) {
      String start = text.substring(0, end);
      var ending =
          strings.stream()
              .filter(start::endsWith)
              .max((a, b) -> Integer.compare(a.length(), b.length()));
      if (ending.isPresent()) {
        return ending;
      }
    }
    return Optional.empty();
  }

  private static String text(Random random, String[] letters, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(letters[random.nextInt(letters.length)]);
    }
    return text.toString();
  }

  private static void assertFound(String found, String before, String text, String... strings) {
    var stops = new StopStrings(List.of(strings));
    assertEquals(before, stops.accept(text));
    assertEquals(Optional.of(found), stops.found());
  }
}
