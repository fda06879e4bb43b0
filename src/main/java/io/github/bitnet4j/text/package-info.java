/**
 * Text in and out of token ids: the vocabulary of a model file, the tokenizer that encodes and
 * decodes with it, incremental decoding that never emits half a character, and chat templates.
 *
 * <p>{@link io.github.bitnet4j.text.Tokenizer} is the entry point; it and everything it hands out
 * except {@link io.github.bitnet4j.text.TokenStream} and {@link
 * io.github.bitnet4j.text.Utf8Decoder} is immutable and safe for use by many threads at once.
 */
package io.github.bitnet4j.text;
