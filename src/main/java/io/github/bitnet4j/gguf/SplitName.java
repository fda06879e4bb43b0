package io.github.bitnet4j.gguf;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a part of a split file: {@code <stem>-00001-of-00003.gguf}.
 *
 * @param path the part
 * @param stem what stands before the numbers
 * @param count the number of parts, as the name has it
 */
record SplitName(Path path, String stem, int count) {
  private static final Pattern PATTERN = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

  static Optional<SplitName> of(Path path) {
    var matcher = PATTERN.matcher(path.getFileName().toString());
    return matcher.matches()
        ? Optional.of(new SplitName(path, matcher.group(1), Integer.parseInt(matcher.group(3))))
        : Optional.empty();
  }

  /** The path of part {@code index}, counted from 0 (names count from 1). */
  Path part(int index) {
    return path.resolveSibling("%s-%05d-of-%05d.gguf".formatted(stem, index + 1, count));
  }
}
