/**
 * From logits to the next token id: one idea per class, chained.
 *
 * <p>A {@link io.github.bitnet4j.sampling.Sampler} narrows or reweighs {@link
 * io.github.bitnet4j.sampling.Candidates}; a {@link io.github.bitnet4j.sampling.SamplerChain} runs
 * several over the logits of one position and gives the id that is left. {@link
 * io.github.bitnet4j.sampling.SamplingOptions} builds the usual chain.
 *
 * <p>The same logits and seed give the same ids on every platform: exponentials come from {@link
 * StrictMath}, sums run in one written order, equal logits are ordered by lower id, and the
 * generator is fixed by name. Chains are stateful and belong to one sequence and one thread.
 */
package io.github.bitnet4j.sampling;
