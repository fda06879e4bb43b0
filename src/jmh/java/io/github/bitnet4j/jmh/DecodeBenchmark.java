package io.github.bitnet4j.jmh;

import io.github.bitnet4j.bindings.BitNetNative;
import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.ffi.NativeKv;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.session.Session;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What Java adds to a decode step. The model is that of {@code native/bench/step_bench.cc}, which
 * takes the same step without Java: the difference is the price of the call, whatever the model.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 9, time = 1)
@Fork(1)
public class DecodeBenchmark {
  private static final int POSITION = 63;
  private static final int VOCABULARY = 300;

  /** Layers of the model. */
  @Param("1")
  public int layers;

  private Model model;
  private Model.Lease lease;
  private Session session;
  private NativeKv kv;
  private int token;

  @Setup
  public void open() throws GgufFormatException {
    model =
        TestModels.load(
            RandomModel.builder()
                .layers(layers)
                .embd(128)
                .ffn(128)
                .heads(1)
                .kvHeads(1)
                .vocab(VOCABULARY),
            ModelOptions.DEFAULT.withThreads(1));
    session = new Session(model, SessionOptions.DEFAULT.withContextLength(64).withBatchTokens(64));
    session.prefill(new int[POSITION]);
    lease = model.lease();
    kv = new NativeKv(lease.nativeModel(), KvType.F16, 1);
  }

  @TearDown
  public void close() {
    kv.close();
    lease.close();
    session.close();
    model.close();
  }

  /** A token in, logits out, always at the same position. */
  @Benchmark
  public MemorySegment decode() {
    session.rewind(POSITION);
    token = token + 1 == VOCABULARY ? 0 : token + 1;
    return session.decode(token);
  }

  /** The smallest call there is. */
  @Benchmark
  public int emptyCall() {
    return BitNetNative.bn_abi_version();
  }

  /** The smallest call on an object that may have been closed. */
  @Benchmark
  public long smallestHandleCall() {
    return kv.pageBytes();
  }
}
