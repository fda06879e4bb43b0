package io.github.bitnet4j.model;

import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.ffi.NativeModel;
import io.github.bitnet4j.ffi.NativePool;
import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufPart;
import io.github.bitnet4j.gguf.GgufTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A BitNet model ready to compute with: immutable, shared by any number of sessions on any threads.
 *
 * <p><b>Closing</b> is deferred while sessions are open: {@link #close} refuses new sessions at
 * once, and the weights are freed and the file unmapped when the last open session is closed.
 */
public final class Model implements AutoCloseable {
  private final GgufFile file;
  private final Hyperparameters hyperparameters;
  private final TensorTable tensors;
  private final KernelBuild kernel;
  private final NativePool pool;
  private final boolean ownsPool;
  private final WeightMemory weights;
  private final GgmlType headType;
  private final boolean screenedHead;
  private final NativeModel nativeModel;

  private final Object lock = new Object();
  private int leases;
  private boolean closed;
  private RopeTables rope;

  private Model(
      GgufFile file,
      Hyperparameters hyperparameters,
      TensorTable tensors,
      KernelBuild kernel,
      NativeModel nativeModel,
      NativePool pool,
      ModelOptions options) {
    this.file = file;
    this.hyperparameters = hyperparameters;
    this.tensors = tensors;
    this.kernel = kernel;
    this.nativeModel = nativeModel;
    this.pool = pool;
    this.ownsPool = options.pool().isEmpty();
    this.weights = options.weights();
    this.headType = options.headType().map(HeadType::type).orElse(tensors.head().type());
    this.screenedHead = options.screenedHead();
  }

  /**
   * Makes a model of an open file, and takes the file over: it is closed with the model. If this
   * throws, the file is left open.
   *
   * @throws GgufFormatException if the file holds no model this library can run; the message names
   *     the field
   * @throws IllegalArgumentException if the options name a kernel build that this machine cannot
   *     run, or a type that the head cannot be requantised to
   * @throws io.github.bitnet4j.ffi.NativeLibraryException if they name a library with kernels that
   *     cannot be used
   */
  public static Model load(GgufFile file, ModelOptions options) throws GgufFormatException {
    Hyperparameters h = Hyperparameters.read(file, options.activation());
    TensorTable tensors = TensorTable.match(file, h, options.layout());
    options.headType().ifPresent(type -> requireRequantizable(file, tensors.head(), type));
    if (options.screenedHead()) {
      requireScreenable(file, options.headType().map(HeadType::type).orElse(tensors.head().type()));
    }
    KernelBuild kernel = options.kernelBuild();
    List<MemorySegment> regions = file.parts().stream().map(GgufPart::segment).toList();
    if (!regions.stream().allMatch(MemorySegment::isNative)) {
      throw new IllegalArgumentException(
          file.name() + " lies in a Java array; copy it to a native segment, or map it");
    }
    boolean copied = options.weights() != WeightMemory.MAPPED;
    NativeModel nativeModel =
        new NativeModel(kernel, h.shape(), regions, tensors.entries(h), copied);
    if (copied) {
      regions.forEach(Model::unload);
    }
    NativePool pool = null;
    boolean ready = false;
    try {
      pool = options.pool().orElseGet(() -> new NativePool(options.threadCount()));
      if (options.weights() == WeightMemory.PACKED) {
        nativeModel.packWeights(pool);
      }
      if (options.headType().isPresent()) {
        nativeModel.requantizeHead(pool, options.headType().get().type().id());
        unload(tensors.head().data());
      }
      if (options.screenedHead()) {
        nativeModel.screenHead(pool);
      }
      ready = true;
      return new Model(file, h, tensors, kernel, nativeModel, pool, options);
    } finally {
      if (!ready) {
        nativeModel.close();
        if (pool != null && options.pool().isEmpty()) {
          pool.close();
        }
      }
    }
  }

  /** The file the weights lie in. */
  public GgufFile file() {
    return file;
  }

  /** The model's numbers. */
  public Hyperparameters hyperparameters() {
    return hyperparameters;
  }

  /** The tensors in the file. */
  public TensorTable tensors() {
    return tensors;
  }

  /** The kernel build this model computes with. */
  public KernelBuild kernel() {
    return kernel;
  }

  /** Where its weights lie. */
  public WeightMemory weights() {
    return weights;
  }

  /** The type of the head it computes with: the file's, unless it was requantised. */
  public GgmlType headType() {
    return headType;
  }

  /** Whether the head was requantised to {@link #headType} when it was loaded. */
  public boolean headRequantized() {
    return headType != tensors.head().type();
  }

  /** Bytes of the head it computes with. */
  public long headBytes() {
    return headType.byteSize(tensors.head().shape());
  }

  /** Whether it was loaded with a screened head. */
  public boolean screenedHead() {
    return screenedHead;
  }

  /** Threads of a forward pass. */
  public int threads() {
    return pool.threads();
  }

  /**
   * Keeps the model alive until the lease is closed; every session holds one.
   *
   * @throws IllegalStateException if the model is closed
   */
  public Lease lease() {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("the model is closed");
      }
      leases++;
      return new Lease();
    }
  }

  /** RoPE tables of at least so many positions. */
  public RopeTables ropeTables(int positions) {
    synchronized (lock) {
      if (rope == null || rope.positions() < positions) {
        rope = RopeTables.compute(hyperparameters, tensors.ropeFreqs(), positions, Arena.ofAuto());
      }
      return rope;
    }
  }

  /** Closes the model, or has the last open session close it; closing twice is harmless. */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      if (leases > 0) {
        return;
      }
    }
    release();
  }

  private static void requireRequantizable(GgufFile file, GgufTensor head, HeadType type) {
    type.obstacle(head)
        .ifPresent(
            obstacle -> {
              throw new IllegalArgumentException(
                  "%s: the head '%s' cannot be requantised to %s: %s"
                      .formatted(file.name(), head.name(), type, obstacle));
            });
  }

  private static void requireScreenable(GgufFile file, GgmlType head) {
    if (head == GgmlType.Q6_K) {
      throw new IllegalArgumentException(
          "%s: a head of type Q6_K cannot be screened, as it is smaller than the copy that would"
                  .formatted(file.name())
              + " screen it; load the model without a screened head");
    }
  }

  /** Gives back memory of a mapped file; what is needed again is read again. */
  private static void unload(MemorySegment segment) {
    if (segment.isMapped()) {
      segment.unload();
    }
  }

  private void returnLease() {
    synchronized (lock) {
      leases--;
      if (!closed || leases > 0) {
        return;
      }
    }
    release();
  }

  private void release() {
    nativeModel.close();
    if (ownsPool) {
      pool.close();
    }
    file.close();
  }

  /** The right to compute with a model. */
  public final class Lease implements AutoCloseable {
    private final AtomicBoolean returned = new AtomicBoolean();

    private Lease() {}

    /** The weights, alive until the lease is closed. */
    public NativeModel nativeModel() {
      return nativeModel;
    }

    /** The threads to compute with. */
    public NativePool pool() {
      return pool;
    }

    /** Gives the right back; closing twice is harmless. */
    @Override
    public void close() {
      if (returned.compareAndSet(false, true)) {
        returnLease();
      }
    }
  }
}
