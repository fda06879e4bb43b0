package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecialTokenSplitterTest {
  @Test
  void findsTokensAtBothEndsAndSideBySide() {
    assertEquals(
        List.of(1, "a", 2, 1, "b", 2), split(Map.of("<s>", 1, "</s>", 2), "<s>a</s><s>b</s>"));
  }

  @Test
  void aLongerTextWinsOverAShorterOneItContains() {
    assertEquals(List.of(2, 1, "x"), split(Map.of("<a>", 1, "<a><b>", 2), "<a><b><a>x"));
  }

  @Test
  void aLongerTextWinsEvenIfAShorterOneStartsEarlier() {
    assertEquals(List.of("x", 2), split(Map.of("xab", 1, "abcd", 2), "xabcd"));
  }

  @Test
  void amongEquallyLongTextsTheLeftmostWins() {
    assertEquals(List.of(1, "c"), split(Map.of("ab", 1, "bc", 2), "abc"));
  }

  @Test
  void runsAreTakenFromTheLongestDown() {
    assertEquals(List.of(3, 2), split(Map.of("  ", 2, "   ", 3), "     "));
  }

  @Test
  void textWithoutSpecialTokensIsOnePart() {
    assertEquals(List.of("<s"), split(Map.of("<s>", 1), "<s"));
  }

  @Test
  void emptyTextHasNoParts() {
    assertEquals(List.of(), split(Map.of("<s>", 1), ""));
  }

  private static List<Object> split(Map<String, Integer> tokens, String text) {
    var parts = new ArrayList<Object>();
    new SpecialTokenSplitter(tokens).split(text, parts::add, parts::add);
    return parts;
  }
}
