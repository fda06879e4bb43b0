package io.github.bitnet4j.bench;

import io.github.bitnet4j.ffi.NativeLimits;
import io.github.bitnet4j.model.Model;
import java.util.ArrayList;
import java.util.List;

/**
 * What the machine can do with the threads of a model.
 *
 * @param readBytesPerSecond bytes read from memory
 * @param multiplyAddsPerSecond multiply-adds of 8-bit integers with the instructions of the model's
 *     kernel build; 0 when the build cannot be measured so
 */
public record MachineLimits(double readBytesPerSecond, double multiplyAddsPerSecond) {

  /** The limits of every model; all compute with the same number of threads. */
  static List<MachineLimits> measure(List<Model> models, long bufferBytes) {
    List<MachineLimits> limits = new ArrayList<>();
    double read = 0;
    for (Model model : models) {
      try (Model.Lease lease = model.lease()) {
        read = read > 0 ? read : NativeLimits.readBytesPerSecond(lease.pool(), bufferBytes);
        double peak = NativeLimits.multiplyAddsPerSecond(model.kernel(), lease.pool());
        limits.add(new MachineLimits(read, peak));
      }
    }
    return limits;
  }

  /** The larger of each: other work on the machine only ever makes one smaller. */
  MachineLimits max(MachineLimits other) {
    return new MachineLimits(
        Math.max(readBytesPerSecond, other.readBytesPerSecond),
        Math.max(multiplyAddsPerSecond, other.multiplyAddsPerSecond));
  }
}
