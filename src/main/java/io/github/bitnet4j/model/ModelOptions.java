package io.github.bitnet4j.model;

import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.ffi.NativePool;
import java.util.Objects;
import java.util.Optional;

/**
 * How a model is loaded. Immutable.
 *
 * @param kernel the kernel build, as {@link KernelBuild#named} takes it; empty for {@link
 *     KernelBuild#preferred()}
 * @param threads threads of a forward pass; 0 for as many as the process may use
 * @param pool threads to borrow instead of starting some; {@code threads} is ignored then, and the
 *     caller closes the pool after the model
 * @param layout placement of the codes in I2_S tensors
 * @param weights where the weights lie while computing
 * @param headType what to requantise the head to, which is lossy; empty for the file's own head
 * @param screenedHead whether an 8-bit copy of the head finds the rows that can be among the
 *     highest logits, so that generating reads less memory where only those matter; the tokens are
 *     the same
 * @param activation overrides the architecture's activation, for files that carry the wrong name
 */
public record ModelOptions(
    Optional<String> kernel,
    int threads,
    Optional<NativePool> pool,
    WeightLayout layout,
    WeightMemory weights,
    Optional<HeadType> headType,
    boolean screenedHead,
    Optional<Activation> activation) {
  /**
   * The best kernel, all processors, the published layout, weights in the mapped file, the file's
   * head and no copy of it.
   */
  public static final ModelOptions DEFAULT =
      new ModelOptions(
          Optional.empty(),
          0,
          Optional.empty(),
          WeightLayout.BLOCK_128,
          WeightMemory.MAPPED,
          Optional.empty(),
          false,
          Optional.empty());

  private static final int MAX_THREADS = 1024;

  public ModelOptions {
    Objects.requireNonNull(kernel, "kernel");
    Objects.requireNonNull(pool, "pool");
    Objects.requireNonNull(layout, "layout");
    Objects.requireNonNull(weights, "weights");
    Objects.requireNonNull(headType, "headType");
    Objects.requireNonNull(activation, "activation");
    if (threads < 0 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads must be 0 (all) to %d, not %d".formatted(MAX_THREADS, threads));
    }
  }

  /** These options with a kernel build forced, as {@link KernelBuild#named} takes it. */
  public ModelOptions withKernel(String choice) {
    return new ModelOptions(
        Optional.of(choice), threads, pool, layout, weights, headType, screenedHead, activation);
  }

  /** These options with a kernel build forced. */
  public ModelOptions withKernel(KernelBuild build) {
    return withKernel(build.name());
  }

  /** These options with another number of threads. */
  public ModelOptions withThreads(int count) {
    return new ModelOptions(
        kernel, count, pool, layout, weights, headType, screenedHead, activation);
  }

  /** These options with threads borrowed from a pool. */
  public ModelOptions withPool(NativePool shared) {
    return new ModelOptions(
        kernel, threads, Optional.of(shared), layout, weights, headType, screenedHead, activation);
  }

  /** These options with another placement of the codes. */
  public ModelOptions withLayout(WeightLayout other) {
    return new ModelOptions(
        kernel, threads, pool, other, weights, headType, screenedHead, activation);
  }

  /** These options with the weights elsewhere. */
  public ModelOptions withWeights(WeightMemory other) {
    return new ModelOptions(
        kernel, threads, pool, layout, other, headType, screenedHead, activation);
  }

  /** These options with the head requantised, which is lossy: see {@link HeadType}. */
  public ModelOptions withHeadType(HeadType type) {
    return new ModelOptions(
        kernel, threads, pool, layout, weights, Optional.of(type), screenedHead, activation);
  }

  /** These options with a screened head, or without; a head of type Q6_K cannot be screened. */
  public ModelOptions withScreenedHead(boolean screened) {
    return new ModelOptions(kernel, threads, pool, layout, weights, headType, screened, activation);
  }

  /** These options with the activation overridden. */
  public ModelOptions withActivation(Activation other) {
    return new ModelOptions(
        kernel, threads, pool, layout, weights, headType, screenedHead, Optional.of(other));
  }

  KernelBuild kernelBuild() {
    return kernel.map(KernelBuild::named).orElseGet(KernelBuild::preferred);
  }

  /** Threads of a forward pass, where no pool is given. */
  public int threadCount() {
    return threads > 0
        ? threads
        : Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS);
  }
}
