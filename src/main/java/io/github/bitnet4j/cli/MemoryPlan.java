package io.github.bitnet4j.cli;

import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.ffi.NativeLibraryException;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufTensor;
import io.github.bitnet4j.model.HeadType;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.model.TensorSlot;
import io.github.bitnet4j.model.Workspace;
import io.github.bitnet4j.session.SessionOptions;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What memory a model and one session on it take, in bytes, worked out without loading weights.
 *
 * @param contextTokens tokens the session can hold
 * @param threads threads to compute with, each of which has scratch memory
 * @param mappedBytes the file, mapped: the part of it that is in use is page cache
 * @param copiedBytes norms, which the engine keeps as float32
 * @param kvBytes keys and values of a full context; committed as it fills
 * @param kvType how keys and values are stored
 * @param ropeBytes cosines and sines for every position
 * @param scratchBytes what the engine computes in, and one row of logits; empty where the native
 *     library, which tells it, or the kernel build cannot be had
 * @param requantizedHeadBytes what a requantised head takes more, for every type the head can be
 *     requantised to; not in the total
 * @param screenedHeadBytes what a screened head takes more, on request; not in the total
 */
record MemoryPlan(
    int contextTokens,
    int threads,
    long mappedBytes,
    long copiedBytes,
    long kvBytes,
    KvType kvType,
    long ropeBytes,
    OptionalLong scratchBytes,
    Map<HeadType, Long> requantizedHeadBytes,
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
    var engine = ModelOptions.DEFAULT;
    int batch = Math.min(options.batchTokens(), context);
    OptionalLong scratch = scratchBytes(h, engine, batch, context);
    long screenedHead = h.screenedHeadBytes();
    if (scratch.isPresent()) {
      var screened = engine.withScreenedHead(true);
      screenedHead += Workspace.scratchBytesFor(h, screened, batch, context) - scratch.getAsLong();
    }
    return new MemoryPlan(
        context,
        engine.threadCount(),
        file.byteSize(),
        norms * Float.BYTES,
        2L * h.layers() * h.kvHeads() * positions * options.kvType().rowBytes(h.headDim()),
        options.kvType(),
        (long) context * h.headDim() * Float.BYTES,
        scratch,
        requantizedHeads(file),
        screenedHead);
  }

  /** All of it that is known. */
  long totalBytes() {
    return mappedBytes + copiedBytes + kvBytes + ropeBytes + scratchBytes.orElse(0);
  }

  private static Map<HeadType, Long> requantizedHeads(GgufFile file) {
    var bytes = new EnumMap<HeadType, Long>(HeadType.class);
    file.tensor(TensorSlot.OUTPUT.tensorName(0))
        .or(() -> file.tensor(TensorSlot.TOKEN_EMBD.tensorName(0)))
        .ifPresent(
            head -> {
              for (HeadType type : HeadType.values()) {
                if (type.obstacle(head).isEmpty()) {
                  bytes.put(type, type.bytes(head));
                }
              }
            });
    return Collections.unmodifiableMap(bytes);
  }

  private static OptionalLong scratchBytes(
      Hyperparameters h, ModelOptions engine, int batch, int context) {
    try {
      return OptionalLong.of(Workspace.scratchBytesFor(h, engine, batch, context));
    } catch (NativeLibraryException | IllegalArgumentException e) {
      // The file can be described on machines that cannot run it.
      return OptionalLong.empty();
    }
  }
}
