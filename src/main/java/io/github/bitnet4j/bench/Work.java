package io.github.bitnet4j.bench;

import io.github.bitnet4j.gguf.GgufTensor;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.TensorSlot;
import io.github.bitnet4j.model.TensorTable;
import io.github.bitnet4j.model.WeightMemory;

/**
 * What a test needs at least, whatever the kernels do: the bytes a forward pass cannot help reading
 * from memory, and the multiply-adds of its ternary products. Exact, from the tensors as the file
 * has them, the head as the model has it.
 *
 * <p>A forward pass reads every ternary weight and scale, the norms (float32 in memory), an
 * embedding row per token, the head when it makes logits, and every sequence's keys and values
 * once. Of packed weights a pass of one token reads the packed copy. A prompt's logits are those of
 * its last token. Of a screened head it reads the 8-bit copy; the few rows of the stored head that
 * it reads as well are not counted.
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
    private final long kvBytesPerToken;
    private final long headBytes;
    private final long embeddingRowBytes;
    private final boolean packed;
    private long layerBytes;
    private long oneTokensLayerBytes;
    private long ternaryWeights;

    Counter(Model model, long kvBytesPerToken) {
      this.kvBytesPerToken = kvBytesPerToken;
      packed = model.weights() == WeightMemory.PACKED;
      int layers = model.hyperparameters().layers();
      TensorTable tensors = model.tensors();
      GgufTensor embedding = tensors.tensor(TensorSlot.TOKEN_EMBD, 0).orElseThrow();
      embeddingRowBytes = embedding.byteSize() / embedding.dimension(1);
      headBytes =
          model.screenedHead() ? model.hyperparameters().screenedHeadBytes() : model.headBytes();
      for (TensorSlot slot : TensorSlot.values()) {
        for (int layer = 0; layer < (slot.perLayer() ? layers : 1); layer++) {
          tensors.tensor(slot, layer).ifPresent(tensor -> add(slot.kind(), tensor));
        }
      }
    }

    private void add(TensorSlot.Kind kind, GgufTensor tensor) {
      switch (kind) {
        case TERNARY -> {
          ternaryWeights += tensor.elementCount();
          long bytes = tensor.byteSize() - tensor.type().unspecifiedTailBytes();
          layerBytes += bytes;
          oneTokensLayerBytes += packed ? packedBytes(tensor) : bytes;
        }
        case FLOAT -> {
          layerBytes += tensor.elementCount() * Float.BYTES;
          oneTokensLayerBytes += tensor.elementCount() * Float.BYTES;
        }
        case DENSE -> {
          // The embedding and the head are counted by what of them a pass reads.
        }
      }
    }

    /**
     * Of the scale and groups of 64 rows, each with blocks of 24 columns ({@code bn_packed_matrix}
     * in {@code bitnet_kernels.h}).
     */
    private static long packedBytes(GgufTensor tensor) {
      long groups = Math.ceilDiv(tensor.dimension(1), 64);
      long blocks = Math.ceilDiv(tensor.dimension(0), 24);
      return groups * (256 + blocks * 320) + Float.BYTES;
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
          (tokens == 1 ? oneTokensLayerBytes : layerBytes)
              + tokens * embeddingRowBytes
              + (logits ? headBytes : 0)
              + sequences * positions * kvBytesPerToken,
          tokens * ternaryWeights);
    }
  }
}
