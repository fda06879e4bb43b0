package io.github.bitnet4j.gguf;

import java.util.Optional;

/**
 * What a part of a split file says about itself.
 *
 * @param number the part's number, from 0
 * @param count the number of parts, at least 2
 */
record Split(int number, int count) {
  static final String NUMBER_KEY = "split.no";
  static final String COUNT_KEY = "split.count";
  static final String TENSOR_COUNT_KEY = "split.tensors.count";
  private static final int MAX_PARTS = 999;

  /** Empty for a file that is not split, or split into one part. */
  static Optional<Split> of(GgufMetadata metadata) throws GgufFormatException {
    int count = metadata.int32(COUNT_KEY).orElse(1);
    if (count < 0 || count > MAX_PARTS) {
      throw metadata.invalid(
          COUNT_KEY,
          "is %d but may be at most %d; the file is damaged".formatted(count, MAX_PARTS));
    }
    if (count <= 1) {
      return Optional.empty();
    }
    int number = metadata.requireInt32(NUMBER_KEY);
    if (number < 0 || number >= count) {
      throw metadata.invalid(
          NUMBER_KEY,
          "is %d but must be 0 to %d; the file is damaged".formatted(number, count - 1));
    }
    return Optional.of(new Split(number, count));
  }

  /** Checks that a part is part {@code number} (from 0) of {@code count}. */
  static void check(GgufMetadata metadata, int number, int count) throws GgufFormatException {
    int foundCount = metadata.requireInt32(COUNT_KEY);
    if (foundCount != count) {
      throw metadata.invalid(
          COUNT_KEY,
          "is %d but the part it was opened by says %d; these parts are not of one file"
              .formatted(foundCount, count));
    }
    int found = metadata.requireInt32(NUMBER_KEY);
    if (found != number) {
      throw metadata.invalid(
          NUMBER_KEY,
          "is %d but the file's name says %d (counted from 0); rename the file"
              .formatted(found, number));
    }
  }

  static void checkTensorCount(GgufMetadata first, long found) throws GgufFormatException {
    var expected = first.int64(TENSOR_COUNT_KEY);
    if (expected.isPresent() && expected.getAsLong() != found) {
      throw first.invalid(
          TENSOR_COUNT_KEY,
          "is %d but the parts hold %d tensors; fetch all parts again"
              .formatted(expected.getAsLong(), found));
    }
  }
}
