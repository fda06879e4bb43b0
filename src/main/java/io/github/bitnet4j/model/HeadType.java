package io.github.bitnet4j.model;

import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufTensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a head can be requantised to when a model is loaded. <b>Lossy</b>: the head's weights are
 * rounded, and logits are those of the rounded head. It takes memory of its own and decoding reads
 * less; embeddings keep the file's values.
 */
public enum HeadType {
  /**
   * 8 bits and a scale for 32 weights: weights are off by half a percent, as a root mean square.
   */
  Q8_0(GgmlType.Q8_0),
  /** 6 bits and scales for 16 and 256 weights: off by 1.7 percent, likewise. */
  Q6_K(GgmlType.Q6_K);

  private final GgmlType type;

  HeadType(GgmlType type) {
    this.type = type;
  }

  /** The type of tensors. */
  public GgmlType type() {
    return type;
  }

  /**
   * Bytes of a requantised head.
   *
   * @param head one that has no {@link #obstacle}
   */
  public long bytes(GgufTensor head) {
    return type.byteSize(head.shape());
  }

  /** Why a head cannot be requantised to this type; empty if it can. */
  public Optional<String> obstacle(GgufTensor head) {
    if (suits(head)) {
      return Optional.empty();
    }
    if (fits(head)) {
      return Optional.of("it is %s already, which takes no more".formatted(head.typeName()));
    }
    String instead =
        Arrays.stream(values())
            .filter(other -> other.suits(head))
            .map(other -> other + " would do")
            .findFirst()
            .orElse("leave it as it is");
    return Optional.of(
        "its rows of %d weights are no whole blocks of %d; %s"
            .formatted(head.dimension(0), type.blockElements(), instead));
  }

  private boolean suits(GgufTensor head) {
    return TensorSlot.Kind.DENSE.takes(head.type()) && fits(head) && bytes(head) < head.byteSize();
  }

  private boolean fits(GgufTensor head) {
    return head.dimension(0) % type.blockElements() == 0;
  }
}
