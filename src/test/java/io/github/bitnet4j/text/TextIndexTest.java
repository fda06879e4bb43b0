package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TextIndexTest {
  @Test
  void findsWhatAMapFinds() {
    var seeded = new SeededText(41);
    var texts = Stream.generate(() -> seeded.next(2)).limit(3000).toArray(String[]::new);
    var map = new HashMap<String, Integer>();
    for (int number = 0; number < texts.length; number++) {
      map.putIfAbsent(texts[number], number);
    }
    var index = new TextIndex(texts);
    for (int i = 0; i < 6000; i++) {
      var text = i < texts.length ? texts[i] : seeded.next(2);
      assertEquals(map.getOrDefault(text, TextIndex.NONE), index.find(text), text);
    }
  }

  @Test
  void looksUpARangeOfChars() {
    var index = new TextIndex(new String[] {"", "ab", "abc"});
    var chars = "xabcx".toCharArray();
    assertEquals(1, index.find(chars, 1, 3));
    assertEquals(2, index.find(chars, 1, 4));
    assertEquals(0, index.find(chars, 2, 2));
    assertEquals(TextIndex.NONE, index.find(chars, 2, 4));
  }
}
