/**
 * ⑤ The KV cache and the position in it; ⑥ the logits of the last token.
 *
 * <p>A {@link io.github.bitnet4j.session.Session} takes tokens and gives logits. It belongs to one
 * caller at a time, while the model behind it is shared. Text, sampling and stopping are above.
 */
package io.github.bitnet4j.session;
