package io.github.bitnet4j.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Token ids as people write them: numbers between commas or spaces. */
final class TokenIds {
  private TokenIds() {}

  /** The ids in texts; anything but a number that an id can be is wrong usage. */
  static int[] parse(Command command, List<String> texts) {
    var ids = new ArrayList<Integer>();
    for (String text : texts) {
      for (String id : text.strip().split("\\s*,\\s*|\\s+", -1)) {
        ids.add(parse(command, id));
      }
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The ids separated by commas: what {@link #parse} reads. */
  static String join(int[] ids) {
    return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(","));
  }

  private static int parse(Command command, String id) {
    try {
      return Integer.parseInt(id);
    } catch (NumberFormatException e) {
      throw command.usage(
          "%s is no token id; ids are whole numbers separated by commas or spaces", Text.quote(id));
    }
  }
}
