package io.github.bitnet4j.session;

import io.github.bitnet4j.ffi.KvType;
import java.util.Objects;

/**
 * How a session is set up. Immutable.
 *
 * @param contextLength tokens the session can hold; 0 for the model's own context length, at most
 *     {@value #DEFAULT_CONTEXT_LIMIT}
 * @param batchTokens prompt tokens processed at a time, 1 to {@value #MAX_BATCH_TOKENS}: more is
 *     faster up to a point and takes more scratch memory; the result is the same
 * @param kvType how keys and values are stored
 */
public record SessionOptions(int contextLength, int batchTokens, KvType kvType) {
  /** The longest context a session takes unless it is asked for more. */
  public static final int DEFAULT_CONTEXT_LIMIT = 4096;

  /** The most tokens processed at a time. */
  public static final int MAX_BATCH_TOKENS = 4096;

  /** The model's context length, 128 tokens at a time, F16 keys and values. */
  public static final SessionOptions DEFAULT = new SessionOptions(0, 128, KvType.F16);

  private static final int MAX_CONTEXT_LENGTH = 1 << 24;

  public SessionOptions {
    if (contextLength < 0 || contextLength > MAX_CONTEXT_LENGTH) {
      throw new IllegalArgumentException(
          "context length must be 0 (the model's) to %d, not %d"
              .formatted(MAX_CONTEXT_LENGTH, contextLength));
    }
    if (batchTokens < 1 || batchTokens > MAX_BATCH_TOKENS) {
      throw new IllegalArgumentException(
          "batch tokens must be 1 to %d, not %d".formatted(MAX_BATCH_TOKENS, batchTokens));
    }
    Objects.requireNonNull(kvType, "kvType");
  }

  /** These options with another context length. */
  public SessionOptions withContextLength(int tokens) {
    return new SessionOptions(tokens, batchTokens, kvType);
  }

  /** These options with another batch size. */
  public SessionOptions withBatchTokens(int tokens) {
    return new SessionOptions(contextLength, tokens, kvType);
  }

  /** These options with another type of keys and values. */
  public SessionOptions withKvType(KvType type) {
    return new SessionOptions(contextLength, batchTokens, type);
  }
}
