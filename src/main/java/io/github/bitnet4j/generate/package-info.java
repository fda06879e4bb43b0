/**
 * ⑨ The loop: decode, sample, emit, stop.
 *
 * <p>{@link io.github.bitnet4j.generate.TextSession} turns a prompt or a chat into tokens and hands
 * them to a {@link io.github.bitnet4j.generate.Generation}, which is the loop itself: every piece
 * that is pulled from it is one token sampled and one decode step.
 */
package io.github.bitnet4j.generate;
