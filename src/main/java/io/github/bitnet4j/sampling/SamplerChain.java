package io.github.bitnet4j.sampling;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Samplers run one after another; the last one leaves a single token.
 *
 * {@snippet :
 * SamplerChain chain = SamplingOptions.DEFAULT.withSeed(42).newChain();
 * for (int token : prompt) chain.accept(token);
 * int next = chain.sample(logits);
 * chain.accept(next);
 * }
 *
 * <p>For one sequence and one thread.
 */
public final class SamplerChain {
  private final List<Sampler> samplers;
  private final Candidates candidates = new Candidates();

  /**
   * A chain in the order given.
   *
   * @param samplers the last must leave a single candidate, as {@link Greedy} and {@link Draw} do
   */
  public SamplerChain(List<Sampler> samplers) {
    this.samplers = List.copyOf(samplers);
  }

  /** The samplers, in the order they run. */
  public List<Sampler> samplers() {
    return samplers;
  }

  /**
   * The id of the next token. It is not accepted: call {@link #accept} once it is part of the text.
   *
   * @param logits one float32 per token of the vocabulary, in native byte order; not changed
   * @throws IllegalArgumentException if all logits are NaN or −∞, or the segment is no whole number
   *     of floats
   * @throws IllegalStateException if the samplers leave more than one candidate
   */
  public int sample(MemorySegment logits) {
    candidates.load(logits);
    for (var sampler : samplers) {
      sampler.apply(candidates);
    }
    if (candidates.size() != 1) {
      throw new IllegalStateException(
          "The samplers left %d candidates; end the chain with Greedy or Draw"
              .formatted(candidates.size()));
    }
    return candidates.id(0);
  }

  /** Tells every sampler of a token that is now part of the text, be it prompt or generated. */
  public void accept(int token) {
    for (var sampler : samplers) {
      sampler.accept(token);
    }
  }

  /** Makes every sampler forget the accepted tokens; the random sequence goes on. */
  public void reset() {
    for (var sampler : samplers) {
      sampler.reset();
    }
  }
}
