package io.github.bitnet4j.cli;

import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufTensor;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.session.SessionOptions;

/**
 * What memory a model and one session on it take, in bytes, worked out without loading anything.
 *
 * @param contextTokens tokens the session can hold
 * @param mappedBytes the file, mapped: the part of it that is in use is page cache
 * @param copiedBytes norms, which the engine keeps as float32
 * @param kvBytes keys and values of a full context; committed as it fills
 * @param kvType how keys and values are stored
 * @param ropeBytes cosines and sines for every position
 * @param logitsBytes one row of logits
 * @param screenedHeadBytes the copy that a screened head takes, on request; not in the total
 */
record MemoryPlan(
    int contextTokens,
    long mappedBytes,
    long copiedBytes,
    long kvBytes,
    KvType kvType,
    long ropeBytes,
    long logitsBytes,
    long screenedHeadBytes) {
  private static final int KV_PAGE_TOKENS = 32;

  static MemoryPlan of(GgufFile file, Hyperparameters h, SessionOptions options) {
    int context =
        options.contextLength() > 0
            ? options.contextLength()
            : Math.min(h.contextLength(), SessionOptions.DEFAULT_CONTEXT_LIMIT);
    long positions = (long) Math.ceilDiv(context, KV_PAGE_TOKENS) * KV_PAGE_TOKENS;
    long norms =
        file.tensors().stream()
            .filter(tensor -> tensor.name().endsWith("_norm.weight"))
            .mapToLong(GgufTensor::elementCount)
            .sum();
    return new MemoryPlan(
        context,
        file.byteSize(),
        norms * Float.BYTES,
        2L * h.layers() * h.kvHeads() * positions * options.kvType().rowBytes(h.headDim()),
        options.kvType(),
        (long) context * h.headDim() * Float.BYTES,
        (long) h.vocab() * Float.BYTES,
        h.screenedHeadBytes());
  }

  /** All of it. */
  long totalBytes() {
    return mappedBytes + copiedBytes + kvBytes + ropeBytes + logitsBytes;
  }
}
