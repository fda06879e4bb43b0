package io.github.bitnet4j.sampling;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;

/**
 * Log-probabilities of tokens by the model alone, before any sampler: {@code lᵢ − max l − ln Σ
 * exp(lⱼ − max l)} in float64. Holds a buffer of the vocabulary's size that is reused; for one
 * thread.
 */
public final class Logprobs {
  private final Candidates candidates = new Candidates();
  private final int top;

  /**
   * Log-probabilities of a token and of the most probable ones.
   *
   * @param top how many of the most probable, 0 or more
   */
  public Logprobs(int top) {
    Range.check(top >= 0, "the number of log-probabilities", "0 or more", top);
    this.top = top;
  }

  /**
   * Of one position.
   *
   * @param logits as for {@link SamplerChain#sample}
   * @param token the id of the token that follows there
   * @throws IndexOutOfBoundsException if it is outside the vocabulary
   */
  public TokenLogprobs of(MemorySegment logits, int token) {
    candidates.load(logits);
    return of(candidates, candidates.indexOf(token), top);
  }

  /** Of the candidate at {@code index} among those that are left. */
  static TokenLogprobs of(Candidates candidates, int index, int top) {
    double highest = candidates.logit(candidates.indexOfHighest());
    double normaliser = highest + StrictMath.log(candidates.totalWeight());
    var chosen = new TokenLogprob(candidates.id(index), candidates.logit(index) - normaliser);
    var best = new ArrayList<TokenLogprob>();
    if (top > 0) {
      HighestLogits found = candidates.highest(top);
      for (int i = 0; i < found.size(); i++) {
        best.add(new TokenLogprob(found.id(i), found.logit(i) - normaliser));
      }
    }
    return new TokenLogprobs(chosen, best);
  }
}
