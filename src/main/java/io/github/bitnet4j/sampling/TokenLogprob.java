package io.github.bitnet4j.sampling;

/**
 * A token with the logarithm of its probability.
 *
 * @param token the token's id
 * @param logprob natural logarithm of the probability, 0 or less; −∞ for what is impossible
 */
public record TokenLogprob(int token, double logprob) {}
