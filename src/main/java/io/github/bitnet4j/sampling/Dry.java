package io.github.bitnet4j.sampling;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * "Don't repeat yourself": makes tokens less likely that would prolong a repetition of what was
 * said before (p-e-w 2024, text-generation-webui pull request 5677).
 *
 * <p>Where the last n tokens of the text also occur earlier, the token that followed there loses
 * {@code multiplier · base^(n − allowedLength)}, for the largest n of at least {@code
 * allowedLength}. What is repeated does not reach back over a sequence breaker: a text, whose last
 * token may not be part of it, and tokens that contain one lose nothing.
 *
 * <p>Stateful: belongs to one sequence.
 */
final class Dry implements Sampler {
  private final DryOptions options;
  private final List<byte[]> breakers;
  private final IntFunction<byte[]> tokenBytes;
  private final TokenWindow window;

  /** The end of the text, as long as the longest breaker less one byte: one may begin there. */
  private byte[] tail = new byte[0];

  private final int tailLimit;

  /** Tokens accepted since the one that completed a breaker. */
  private int sinceBreaker;

  /** By index into the window from its end: length of the common suffix with the whole window. */
  private int[] suffixLengths = new int[0];

  /** By token id: the longest repetition it would prolong; all 0 between calls. */
  private int[] longest = new int[0];

  /**
   * A window of tokens in which to look for repetitions.
   *
   * @param tokenBytes gives the UTF-8 text of a token id; only read
   */
  Dry(DryOptions options, IntFunction<byte[]> tokenBytes) {
    this.options = options;
    this.tokenBytes = tokenBytes;
    breakers =
        options.breakers().stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    tailLimit = breakers.stream().mapToInt(b -> b.length - 1).max().orElse(0);
    window = new TokenWindow(options.lastN());
  }

  @Override
  public void apply(Candidates candidates) {
    int size = window.size();
    int limit = Math.min(sinceBreaker, size);
    if (limit < options.allowedLength()) {
      return;
    }
    measureSuffixes(size);
    for (int i = 1; i < size; i++) {
      int length = Math.min(suffixLengths[i], limit);
      int next = fromEnd(i - 1);
      if (length >= options.allowedLength() && length > longest[next]) {
        longest[next] = length;
      }
    }
    for (int i = 0; i < size; i++) {
      int token = fromEnd(i);
      if (longest[token] > 0) {
        penalise(candidates, token, longest[token]);
        longest[token] = 0;
      }
    }
  }

  /** A finite logit stays finite, lest the penalty rule out the last possible token. */
  private void penalise(Candidates candidates, int token, int length) {
    int index = candidates.indexOf(token);
    if (index < 0 || isBreaker(token)) {
      return;
    }
    float logit = candidates.logit(index);
    if (logit > Float.NEGATIVE_INFINITY) {
      double penalty =
          options.multiplier() * StrictMath.pow(options.base(), length - options.allowedLength());
      candidates.setLogit(index, (float) Math.max(logit - penalty, -Float.MAX_VALUE));
    }
  }

  /** The token {@code index} places before the last. */
  private int fromEnd(int index) {
    return window.get(window.size() - 1 - index);
  }

  /** The Z algorithm (Gusfield 1997) on the window read backwards. */
  private void measureSuffixes(int size) {
    if (suffixLengths.length < size) {
      suffixLengths = new int[2 * size];
    }
    int left = 0;
    int right = 0;
    for (int i = 1; i < size; i++) {
      int length = i < right ? Math.min(right - i, suffixLengths[i - left]) : 0;
      while (i + length < size && fromEnd(length) == fromEnd(i + length)) {
        length++;
      }
      suffixLengths[i] = length;
      if (i + length > right) {
        left = i;
        right = i + length;
      }
    }
  }

  @Override
  public void accept(int token) {
    if (token >= longest.length) {
      longest = Arrays.copyOf(longest, Math.max(token + 1, 2 * longest.length));
    }
    window.accept(token);
    sinceBreaker++;
    if (!breakers.isEmpty()) {
      noteBreakers(tokenBytes.apply(token));
    }
  }

  private void noteBreakers(byte[] bytes) {
    byte[] text = Arrays.copyOf(tail, tail.length + bytes.length);
    System.arraycopy(bytes, 0, text, tail.length, bytes.length);
    // A breaker that lies in the tail alone would be longer than the tail can be, or was seen.
    int before = tail.length;
    if (breakers.stream().anyMatch(breaker -> endsBeyond(text, breaker, before))) {
      sinceBreaker = 0;
    }
    tail = Arrays.copyOfRange(text, Math.max(0, text.length - tailLimit), text.length);
  }

  private boolean isBreaker(int token) {
    if (breakers.isEmpty()) {
      return false;
    }
    byte[] bytes = tokenBytes.apply(token);
    return breakers.stream().anyMatch(breaker -> endsBeyond(bytes, breaker, 0));
  }

  /** Whether {@code text} contains {@code part} with its end after {@code index}. */
  private static boolean endsBeyond(byte[] text, byte[] part, int index) {
    for (int i = Math.max(0, index - part.length + 1); i + part.length <= text.length; i++) {
      if (Arrays.equals(text, i, i + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void reset() {
    window.clear();
    tail = new byte[0];
    sinceBreaker = 0;
  }
}
