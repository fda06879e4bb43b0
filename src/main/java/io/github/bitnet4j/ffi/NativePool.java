package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;

/**
 * Worker threads shared by any number of models and sessions. Two forward passes that overlap do
 * not wait for each other: the second computes alone on its own thread, with the same result.
 */
public final class NativePool extends NativeHandle {
  private final int threads;

  /**
   * Starts {@code threads - 1} workers, which sleep while there is nothing to do.
   *
   * @param threads threads of a forward pass, the caller's included, 1 to 1024
   */
  public NativePool(int threads) {
    super(
        "starting a pool of " + threads + " threads",
        (out, scratch) -> BitNetNative.bn_pool_create(threads, out),
        BitNetNative::bn_pool_destroy);
    this.threads = threads;
  }

  /** Threads of a forward pass, the caller's included. */
  public int threads() {
    return threads;
  }
}
