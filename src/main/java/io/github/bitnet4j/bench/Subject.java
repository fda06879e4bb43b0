package io.github.bitnet4j.bench;

import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufTensor;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.TensorSlot;
import io.github.bitnet4j.model.WeightMemory;

/**
 * The model and the kernel build that are measured.
 *
 * @param file name of the file
 * @param architecture such as {@code bitnet-b1.58}
 * @param weights storage type of the ternary weights, such as {@code I2_S}
 * @param bytes size of all tensors in the file
 * @param parameters number of elements of all tensors
 * @param kernel name of the kernel build
 * @param headType storage type of the head, such as {@code F16}
 * @param headBytes its size
 * @param headRequantized whether it was requantised when the model was loaded
 * @param weightMemory where the weights lie
 * @param screenedHead whether the head is screened
 */
public record Subject(
    String file,
    String architecture,
    String weights,
    long bytes,
    long parameters,
    String kernel,
    GgmlType headType,
    long headBytes,
    boolean headRequantized,
    WeightMemory weightMemory,
    boolean screenedHead) {
  static Subject of(Model model) {
    var tensors = model.file().tensors();
    return new Subject(
        model.file().name(),
        model.hyperparameters().architecture().key(),
        model.tensors().tensor(TensorSlot.ATTN_Q, 0).orElseThrow().typeName(),
        tensors.stream().mapToLong(GgufTensor::byteSize).sum(),
        tensors.stream().mapToLong(GgufTensor::elementCount).sum(),
        model.kernel().name(),
        model.headType(),
        model.headBytes(),
        model.headRequantized(),
        model.weights(),
        model.screenedHead());
  }
}
