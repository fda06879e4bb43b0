package io.github.bitnet4j.text;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Seeded strings made of what trips tokenizers up: every script and plane, spaces, controls. */
final class SeededText {
  private static final int[][] RANGES = {
    {0x20, 0x7E},
    {'a', 'z'},
    {'a', 'z'},
    {'0', '9'},
    {0, 0x1F},
    {0x7F, 0xFF},
    {0x100, 0x24F},
    {0x300, 0x36F},
    {0x370, 0x3FF},
    {0x400, 0x4FF},
    {0x590, 0x6FF},
    {0x900, 0x97F},
    {0xE00, 0xE7F},
    {0x1100, 0x11FF},
    {0x2000, 0x206F},
    {0x2070, 0x218F},
    {0x2460, 0x24FF},
    {0x3000, 0x30FF},
    {0x4E00, 0x9FFF},
    {0xAC00, 0xD7A3},
    {0xE000, 0xF8FF},
    {0xFB00, 0xFFFF},
    {0x1D400, 0x1D7FF},
    {0x1F300, 0x1FAFF},
    {0x20000, 0x2A6DF},
    {0x10000, 0x10FFFF}
  };
  private static final String[] SNIPPETS = {
    " ",
    "  ",
    "\n",
    "\r\n",
    "\t",
    " \n",
    "\u00A0",
    "\u3000",
    "\u0085",
    "\uFEFF",
    "'s",
    "'LL",
    "'\u017F",
    "don't",
    "The",
    "1234567",
    "3.14",
    "();",
    "...\n",
    "<|eot_id|>",
    "\uD83D\uDC68\u200D\uD83D\uDC69",
    "e\u0301",
    "\0"
  };

  private final RandomGenerator random;

  SeededText(long seed) {
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  int nextInt(int bound) {
    return random.nextInt(bound);
  }

  /** A string without unpaired surrogates, of up to {@code maxParts} parts. */
  String next(int maxParts) {
    var text = new StringBuilder();
    for (int part = random.nextInt(maxParts + 1); part > 0; part--) {
      if (random.nextInt(3) == 0) {
        text.append(SNIPPETS[random.nextInt(SNIPPETS.length)].repeat(1 + random.nextInt(3)));
      } else {
        int[] range = RANGES[random.nextInt(RANGES.length)];
        for (int i = random.nextInt(8); i >= 0; i--) {
          text.appendCodePoint(random.nextInt(range[0], range[1] + 1));
        }
      }
    }
    return text.toString();
  }

  /** A string of at least {@code length} chars without unpaired surrogates. */
  String ofLength(int length) {
    var text = new StringBuilder(length + 64);
    while (text.length() < length) {
      text.append(next(8));
    }
    return text.toString();
  }
}
