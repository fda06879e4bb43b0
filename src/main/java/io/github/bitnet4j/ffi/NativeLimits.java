package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.BitNetNative;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the machine can do at most, measured with the instructions and threads a model computes
 * with. Each takes some tenths of a second, during which the pool should be idle.
 */
public final class NativeLimits {
  private interface Measurement {
    int store(MemorySegment result);
  }

  private NativeLimits() {}

  /**
   * Bytes the pool's threads read from memory in a second.
   *
   * @param bufferBytes memory to read, allocated for this call: a multiple of 64, many times as
   *     large as the caches
   */
  public static double readBytesPerSecond(NativePool pool, long bufferBytes) {
    return measure(
        "measuring the read bandwidth over %d bytes".formatted(bufferBytes),
        result -> BitNetNative.bn_measure_read_bandwidth(pool.address(), bufferBytes, result));
  }

  /**
   * Multiply-adds of 8-bit integers the pool's threads do in a second with a kernel build's
   * instructions; 0 when the build does not offer this measurement.
   *
   * @param kernel a build this machine can run
   */
  public static double multiplyAddsPerSecond(KernelBuild kernel, NativePool pool) {
    return measure(
        "measuring the multiply-adds of " + kernel.name(),
        result -> BitNetNative.bn_measure_multiply_adds(kernel.index(), pool.address(), result));
  }

  private static double measure(String doing, Measurement measurement) {
    NativeLibrary.load();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ValueLayout.JAVA_DOUBLE);
      Status.check(measurement.store(result), doing);
      return result.get(ValueLayout.JAVA_DOUBLE, 0);
    }
  }
}
