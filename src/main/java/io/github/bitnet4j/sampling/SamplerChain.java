package io.github.bitnet4j.sampling;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Samplers run one after another over the logits of a position, and the choice of one of the tokens
 * they leave.
 *
 * {@snippet :
 * SamplerChain chain = SamplingOptions.DEFAULT.withSeed(42).newChain();
 * for (int token : prompt) chain.accept(token);
 * int next = chain.sample(logits);
 * chain.accept(next);
 * }
 *
 * <p>{@link SamplingOptions} makes chains. For one sequence and one thread.
 */
public final class SamplerChain {
  private final List<Sampler> samplers;
  private final Choice choice;
  private final Candidates candidates = new Candidates();
  private int chosen = -1;

  SamplerChain(List<Sampler> samplers, Choice choice) {
    this.samplers = List.copyOf(samplers);
    this.choice = choice;
  }

  /** A chain that begins with {@code first} and goes on as this one, which is not to be used. */
  public SamplerChain after(Sampler first) {
    var all = new ArrayList<Sampler>();
    all.add(first);
    all.addAll(samplers);
    return new SamplerChain(all, choice);
  }

  /** The samplers, in the order they run. */
  List<Sampler> samplers() {
    return samplers;
  }

  /** What comes after the samplers. */
  Choice choice() {
    return choice;
  }

  /**
   * The id of the next token. It is not accepted: call {@link #accept} once it is part of the text.
   *
   * @param logits one float32 per token of the vocabulary, in native byte order; not changed
   * @throws IllegalArgumentException if all logits are NaN or −∞, or the segment is no whole number
   *     of floats
   */
  public int sample(MemorySegment logits) {
    chosen = -1;
    candidates.load(logits);
    for (var sampler : samplers) {
      sampler.apply(candidates);
    }
    chosen = choice.choose(candidates);
    return candidates.id(chosen);
  }

  /**
   * Log-probabilities of the token last sampled and of the most probable ones, in the distribution
   * it was drawn from: among the candidates that were left, after all samplers.
   *
   * @param top how many of the most probable; there may be fewer
   * @throws IllegalStateException if none was sampled
   */
  public TokenLogprobs logprobs(int top) {
    if (chosen < 0) {
      throw new IllegalStateException("there are no log-probabilities before a token is sampled");
    }
    return Logprobs.of(candidates, chosen, top);
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
    choice.reset();
  }
}
