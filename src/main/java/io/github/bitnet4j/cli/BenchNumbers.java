package io.github.bitnet4j.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lists of numbers in llama-bench's forms: {@code 128}, {@code 1,2,4}, and the ranges {@code 1-4},
 * {@code 128-512+128} and {@code 1-64*2}.
 */
final class BenchNumbers {
  private static final Pattern ITEM = Pattern.compile("(\\d+)(?:-(\\d+)(?:([+*])(\\d+))?)?");
  private static final int MAX_VALUES = 1000;

  private BenchNumbers() {}

  /**
   * All numbers, each once, in the order given.
   *
   * @param option the option's name, for messages
   * @param texts what was given to it, once or several times
   */
  static List<Integer> parse(Command command, String option, List<String> texts, int min, int max) {
    Set<Integer> values = new LinkedHashSet<>();
    for (String text : texts) {
      for (String item : text.split(",", -1)) {
        if (!addRange(item.strip(), min, max, values)) {
          throw command.usage(
              "%s takes numbers from %d to %d, between commas, or ranges such as 1-4, 128-512+128"
                  + " and 1-64*2, not '%s'",
              option, min, max, item);
        }
        if (values.size() > MAX_VALUES) {
          throw command.usage("%s: '%s' makes more than %d values", option, item, MAX_VALUES);
        }
      }
    }
    return List.copyOf(values);
  }

  private static boolean addRange(String item, int min, int max, Set<Integer> values) {
    Matcher parts = ITEM.matcher(item);
    if (!parts.matches()) {
      return false;
    }
    long first = number(parts.group(1));
    long last = parts.group(2) == null ? first : number(parts.group(2));
    boolean multiplies = "*".equals(parts.group(3));
    long step = parts.group(4) == null ? 1 : number(parts.group(4));
    boolean ends = multiplies ? step > 1 && first > 0 : step > 0;
    if (first < min || last > max || first > last || !ends) {
      return false;
    }
    for (long value = first;
        value <= last && values.size() <= MAX_VALUES;
        value = multiplies ? value * step : value + step) {
      values.add((int) value);
    }
    return true;
  }

  /** A number too long for an int is above every maximum. */
  private static long number(String digits) {
    return digits.length() > 10 ? Long.MAX_VALUE >> 32 : Long.parseLong(digits);
  }
}
