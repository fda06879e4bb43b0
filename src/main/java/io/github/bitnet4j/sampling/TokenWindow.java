package io.github.bitnet4j.sampling;

import java.util.Arrays;

/** The last n accepted tokens, or all of them. For one thread. */
final class TokenWindow {
  /** In place of n: all tokens. */
  static final int ALL = -1;

  private final int lastTokens;
  private int[] tokens = new int[64];
  private int from;
  private int to;

  /**
   * A window that is empty.
   *
   * @param lastTokens n, at least 1, or {@link #ALL}
   */
  TokenWindow(int lastTokens) {
    this.lastTokens = lastTokens;
  }

  /** Appends a token. */
  void accept(int token) {
    if (to == tokens.length) {
      makeRoom();
    }
    tokens[to++] = token;
    if (lastTokens != ALL && to - from > lastTokens) {
      from++;
    }
  }

  int size() {
    return to - from;
  }

  /** Whether the next token displaces the oldest. */
  boolean isFull() {
    return size() == lastTokens;
  }

  /** The token at {@code index}; 0 is the oldest. */
  int get(int index) {
    return tokens[from + index];
  }

  void clear() {
    from = 0;
    to = 0;
  }

  /** Moves what is in the window to the front, into a larger array if it fills half of this one. */
  private void makeRoom() {
    int size = size();
    int[] next = 2 * size > tokens.length ? new int[2 * tokens.length] : tokens;
    System.arraycopy(tokens, from, next, 0, size);
    tokens = next;
    from = 0;
    to = size;
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOfRange(tokens, from, to));
  }
}
