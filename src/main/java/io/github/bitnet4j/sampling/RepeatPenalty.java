package io.github.bitnet4j.sampling;

import java.util.Arrays;

/**
 * Makes the last n accepted tokens less likely: each of them, however often it occurred, has its
 * logit divided by the penalty if positive and multiplied otherwise (Keskar et al. 2019). Stateful:
 * belongs to one sequence.
 */
public final class RepeatPenalty implements Sampler {
  private final float penalty;
  private final int[] recent;
  private final int[] distinct;
  private int accepted;
  private int next;

  /**
   * A penalty over a window of tokens.
   *
   * @param penalty above 0; 1 changes nothing, above 1 discourages repetition
   * @param lastTokens n, at least 1
   */
  public RepeatPenalty(float penalty, int lastTokens) {
    Range.check(
        penalty > 0 && penalty < Float.POSITIVE_INFINITY, "penalty", "above 0 and finite", penalty);
    Range.check(lastTokens >= 1, "lastTokens", "at least 1", lastTokens);
    this.penalty = penalty;
    this.recent = new int[lastTokens];
    this.distinct = new int[lastTokens];
  }

  @Override
  public void apply(Candidates candidates) {
    System.arraycopy(recent, 0, distinct, 0, accepted);
    Arrays.sort(distinct, 0, accepted);
    for (int i = 0; i < accepted; i++) {
      if (i == 0 || distinct[i] != distinct[i - 1]) {
        int index = candidates.indexOf(distinct[i]);
        if (index >= 0) {
          float logit = candidates.logit(index);
          candidates.setLogit(index, penalised(logit));
        }
      }
    }
  }

  /** A finite logit stays finite, lest a penalty rule out the last possible token. */
  private float penalised(float logit) {
    if (logit > 0) {
      return logit / penalty;
    }
    return logit == Float.NEGATIVE_INFINITY ? logit : Math.max(logit * penalty, -Float.MAX_VALUE);
  }

  @Override
  public void accept(int token) {
    recent[next] = token;
    next = (next + 1) % recent.length;
    accepted = Math.min(accepted + 1, recent.length);
  }

  @Override
  public void reset() {
    accepted = 0;
    next = 0;
  }
}
