package io.github.bitnet4j.bench;

import io.github.bitnet4j.gguf.GgufTensor;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.TensorSlot;

/**
 * What a test needs at least, whatever the kernels do: the bytes a forward pass cannot help reading
 * from memory, and the multiply-adds of its ternary products. Exact, from the shapes.
 *
 * <p>A forward pass reads every ternary weight and scale, the norms (float32 in memory), an
 * embedding row per token, the head when it makes logits, and every sequence's keys and values
 * once. A prompt's logits are those of its last token.
 *
 * @param bytes of all forward passes together
 * @param multiplyAdds of 8-bit integers, of all forward passes together
 */
public record Work(long bytes, long multiplyAdds) {

  /**
   * The work of the timed part of a test.
   *
   * @param kvBytesPerToken keys and values of one position, over all layers
   */
  public static Work of(Model model, BenchTest test, long kvBytesPerToken) {
    return new Counter(model, kvBytesPerToken).count(test);
  }

  Work plus(Work other) {
    return new Work(bytes + other.bytes, multiplyAdds + other.multiplyAdds);
  }

  private static final class Counter {
    private static final int SCALE_BYTES = Float.BYTES;
    private static final int WEIGHTS_PER_BYTE = 4;

    private final long kvBytesPerToken;
    private final long headBytes;
    private final long embeddingRowBytes;
    private long layerBytes;
    private long ternaryWeights;

    Counter(Model model, long kvBytesPerToken) {
      this.kvBytesPerToken = kvBytesPerToken;
      Hyperparameters h = model.hyperparameters();
      GgufTensor embedding = model.tensors().tensor(TensorSlot.TOKEN_EMBD, 0).orElseThrow();
      embeddingRowBytes = embedding.byteSize() / h.vocab();
      headBytes = model.tensors().head().byteSize();
      for (TensorSlot slot : TensorSlot.values()) {
        long elements = slot.rows(h) * slot.cols(h) * (slot.perLayer() ? h.layers() : 1);
        long tensors = slot.perLayer() ? h.layers() : 1;
        if (slot.kind() == TensorSlot.Kind.TERNARY) {
          ternaryWeights += elements;
          layerBytes += elements / WEIGHTS_PER_BYTE + tensors * SCALE_BYTES;
        } else if (slot != TensorSlot.TOKEN_EMBD && slot != TensorSlot.OUTPUT) {
          layerBytes += elements * Float.BYTES;
        }
      }
    }

    Work count(BenchTest test) {
      var work = new Work(0, 0);
      int position = test.depthTokens();
      for (int done = 0; done < test.promptTokens(); ) {
        int tokens = Math.min(test.batchTokens(), test.promptTokens() - done);
        done += tokens;
        position += tokens;
        work = work.plus(pass(tokens, 1, position, done == test.promptTokens()));
      }
      for (int i = 0; i < test.generatedTokens(); i++) {
        position++;
        work = work.plus(pass(test.sequences(), test.sequences(), position, true));
      }
      return work;
    }

    private Work pass(long tokens, long sequences, long positions, boolean logits) {
      return new Work(
          layerBytes
              + tokens * embeddingRowBytes
              + (logits ? headBytes : 0)
              + sequences * positions * kvBytesPerToken,
          tokens * ternaryWeights);
    }
  }
}
