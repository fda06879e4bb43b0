package io.github.bitnet4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TextTest {

  @Test
  void sizesHaveBinaryUnits() {
    assertEquals("0 B", Text.bytes(0));
    assertEquals("999 B", Text.bytes(999));
    assertEquals("1.00 KiB", Text.bytes(1024));
    assertEquals("0.99 MiB", Text.bytes(1_038_208));
    assertEquals("1.11 GiB", Text.bytes(1_187_801_280));
    assertEquals("8.00 EiB", Text.bytes(Long.MAX_VALUE));
  }

  @Test
  void countsHaveTheUnitsOfModelSizes() {
    assertEquals("999", Text.count(999));
    assertEquals("1.50 K", Text.count(1500));
    assertEquals("13.12 M", Text.count(13_120_000));
    assertEquals("2.41 B", Text.count(2_412_820_480L));
  }

  @Test
  void durationsBelowASecondAreInMilliseconds() {
    assertEquals("0.5 ms", Text.duration(500_000));
    assertEquals("1.50 s", Text.duration(1_500_000_000));
  }

  @Test
  void quotedTextsStayOnOneLineAndShowWhatWouldHide() {
    assertEquals(
        "\"a\\\\b\\\"c\\n\\t\\u{1b}\\u{200b}é🌍\"", Text.quote("a\\b\"c\n\t\u001b\u200bé🌍"));
  }

  @Test
  void aShortenedTextIsCutBetweenCharacters() {
    assertEquals("🌍🌍", Text.shorten("🌍🌍", 2));
    assertEquals("🌍…", Text.shorten("🌍🌍🌍", 2));
  }

  @Test
  void aCauseOfSeveralLinesBecomesOne() {
    assertEquals("first second third", Text.oneLine(" first\n  second\r\nthird\n"));
  }
}
