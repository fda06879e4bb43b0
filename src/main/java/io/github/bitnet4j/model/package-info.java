/**
 * ③ The hyperparameters, the tensors they demand matched to the file, and ④ the model itself.
 *
 * <p>{@link io.github.bitnet4j.model.Hyperparameters} reads the numbers, {@link
 * io.github.bitnet4j.model.TensorSlot} says which tensors and shapes follow from them, {@link
 * io.github.bitnet4j.model.TensorTable} finds those in the file, and {@link
 * io.github.bitnet4j.model.Model} hands the table to the native engine. A file that does not fit is
 * a {@link io.github.bitnet4j.gguf.GgufFormatException} with the field and its offset.
 */
package io.github.bitnet4j.model;
