package io.github.bitnet4j.text;

/** A metadata key whose value no tokenizer can be made of; becomes the file's own exception. */
final class InvalidTokenizerData extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final String problem;

  InvalidTokenizerData(String key, String problem) {
    super(key + " " + problem);
    this.key = key;
    this.problem = problem;
  }

  String key() {
    return key;
  }

  String problem() {
    return problem;
  }
}
