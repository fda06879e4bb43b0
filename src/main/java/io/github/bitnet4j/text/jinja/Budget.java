package io.github.bitnet4j.text.jinja;

/** Counts what one rendering costs and stops it at its limits. */
final class Budget {
  private static final int STEPS_BETWEEN_CLOCK_READS = 256;

  private final Limits limits;
  private final long startNanos = System.nanoTime();
  private long steps;
  private long chars;
  private int depth;

  Budget(Limits limits) {
    this.limits = limits;
  }

  void step() {
    if (++steps > limits.steps()) {
      throw new Fault("takes more than the %d steps allowed", limits.steps());
    }
    if (steps % STEPS_BETWEEN_CLOCK_READS == 0
        && System.nanoTime() - startNanos > limits.time().toNanos()) {
      throw new Fault("takes longer than the %d ms allowed", limits.time().toMillis());
    }
  }

  /** A string of so many units is about to be made, or a list of so many items. */
  void spend(long length) {
    step();
    chars += length;
    if (chars > limits.workChars()) {
      throw new Fault("makes more text than the %d characters allowed", limits.workChars());
    }
  }

  void checkOutput(long length) {
    if (length > limits.outputChars()) {
      throw new Fault("writes more than the %d characters allowed", limits.outputChars());
    }
  }

  void enter() {
    step();
    if (++depth > limits.depth()) {
      throw new Fault("nests deeper than the %d levels allowed", limits.depth());
    }
  }

  void leave() {
    depth--;
  }
}
