package io.github.bitnet4j.constraint;

/**
 * Where in a character the next byte of UTF-8 stands (RFC 3629, section 4): 0 between characters,
 * else how many bytes are missing and which may come first.
 */
final class Utf8Place {
  static final int BETWEEN = 0;

  /** No character has this byte here. */
  static final int NOWHERE = -1;

  /** All places, one bit each. */
  static final int ALL = 0xFF;

  private static final int COUNT = 8;
  private static final int ONE = 1;
  private static final int TWO = 2;
  private static final int THREE = 3;
  private static final int AFTER_E0 = 4;
  private static final int AFTER_ED = 5;
  private static final int AFTER_F0 = 6;
  private static final int AFTER_F4 = 7;

  private Utf8Place() {}

  /** The place after a byte, 0 to 255. */
  static int next(int place, int value) {
    return switch (place) {
      case BETWEEN -> first(value);
      case ONE -> within(value, 0x80, 0xBF, BETWEEN);
      case TWO -> within(value, 0x80, 0xBF, ONE);
      case THREE -> within(value, 0x80, 0xBF, TWO);
      case AFTER_E0 -> within(value, 0xA0, 0xBF, ONE);
      case AFTER_ED -> within(value, 0x80, 0x9F, ONE);
      case AFTER_F0 -> within(value, 0x90, 0xBF, TWO);
      case AFTER_F4 -> within(value, 0x80, 0x8F, TWO);
      default -> throw new IllegalArgumentException("place " + place);
    };
  }

  /**
   * The places where a byte may stand if what comes after it may stand at those of {@code after}.
   */
  static int before(int value, int after) {
    int places = 0;
    for (int place = 0; place < COUNT; place++) {
      int next = next(place, value);
      if (next != NOWHERE && (after >> next & 1) != 0) {
        places |= 1 << place;
      }
    }
    return places;
  }

  private static int first(int value) {
    if (value < 0x80) {
      return BETWEEN;
    }
    return switch (value) {
      case 0xE0 -> AFTER_E0;
      case 0xED -> AFTER_ED;
      case 0xF0 -> AFTER_F0;
      case 0xF1, 0xF2, 0xF3 -> THREE;
      case 0xF4 -> AFTER_F4;
      default -> value < 0xC2 || value > 0xF4 ? NOWHERE : value < 0xE0 ? ONE : TWO;
    };
  }

  private static int within(int value, int first, int last, int next) {
    return value >= first && value <= last ? next : NOWHERE;
  }
}
