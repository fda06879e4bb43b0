package io.github.bitnet4j.sampling;

/** One step on the way from logits to a token: narrows or reweighs the candidates. */
@FunctionalInterface
public interface Sampler {
  /** Changes {@code candidates}; at least one stays. */
  void apply(Candidates candidates);

  /** Takes note of a token that is now part of the text, be it prompt or generated. */
  default void accept(int token) {}

  /** Forgets all tokens taken note of. */
  default void reset() {}
}
