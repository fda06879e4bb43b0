/**
 * BitNet b1.58 language models inside the JVM at native speed.
 *
 * <p>Start at {@link io.github.bitnet4j.BitNetModel}: it loads a file and opens sessions. The
 * packages below it follow the data: {@code gguf} (file), {@code model} (weights), {@code session}
 * (tokens to logits), {@code sampling} (logits to token), {@code text} (tokens to text and back),
 * {@code generate} (the loop).
 */
package io.github.bitnet4j;
