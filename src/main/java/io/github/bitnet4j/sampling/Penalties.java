package io.github.bitnet4j.sampling;

import java.util.Arrays;

/**
 * Makes the last n accepted tokens less likely. For a token that occurs c times among them, c above
 * 0:
 *
 * <ul>
 *   <li>repeat penalty r: {@code l ← l / r} if {@code l > 0}, else {@code l · r}, however large c
 *       is (Keskar et al. 2019);
 *   <li>frequency penalty f: {@code l ← l − c · f}, and presence penalty p: {@code l ← l − p} (the
 *       OpenAI API's definition).
 * </ul>
 *
 * Stateful: belongs to one sequence.
 */
final class Penalties implements Sampler {
  private final float repeat;
  private final float frequency;
  private final float presence;
  private final TokenWindow window;

  /** How often each token id occurs in the window. */
  private int[] counts = new int[0];

  /**
   * Penalties over a window of tokens.
   *
   * @param repeat above 0; 1 changes nothing
   * @param frequency finite; 0 changes nothing
   * @param presence finite; 0 changes nothing
   * @param lastTokens n, at least 1, or {@link TokenWindow#ALL}
   */
  Penalties(float repeat, float frequency, float presence, int lastTokens) {
    this.repeat = repeat;
    this.frequency = frequency;
    this.presence = presence;
    this.window = new TokenWindow(lastTokens);
  }

  @Override
  public void apply(Candidates candidates) {
    for (int i = 0; i < window.size(); i++) {
      int token = window.get(i);
      if (counts[token] > 0) {
        int index = candidates.indexOf(token);
        if (index >= 0) {
          candidates.setLogit(index, penalised(candidates.logit(index), counts[token]));
        }
        counts[token] = -counts[token]; // done, for this round
      }
    }
    for (int i = 0; i < window.size(); i++) {
      counts[window.get(i)] = Math.abs(counts[window.get(i)]);
    }
  }

  /** A finite logit stays finite, lest a penalty rule out the last possible token. */
  private float penalised(float logit, int count) {
    if (logit == Float.NEGATIVE_INFINITY) {
      return logit;
    }
    float repeated = logit > 0 ? logit / repeat : logit * repeat;
    return Math.max(repeated - count * frequency - presence, -Float.MAX_VALUE);
  }

  @Override
  public void accept(int token) {
    if (token >= counts.length) {
      counts = Arrays.copyOf(counts, Math.max(token + 1, 2 * counts.length));
    }
    if (window.isFull()) {
      counts[window.get(0)]--;
    }
    window.accept(token);
    counts[token]++;
  }

  @Override
  public void reset() {
    window.clear();
    Arrays.fill(counts, 0);
  }
}
