package io.github.bitnet4j.jmh;

import io.github.bitnet4j.sampling.Logprobs;
import io.github.bitnet4j.sampling.TokenLogprobs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
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

/** Log-probabilities by the model alone of one of 128,256 tokens, and of the most probable ones. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LogprobsBenchmark {
  /** How many of the most probable tokens. */
  @Param({"0", "20"})
  public int top;

  private Arena arena;
  private MemorySegment logits;
  private Logprobs logprobs;

  @Setup
  public void fill() {
    arena = Arena.ofShared();
    logits = NormalLogits.fill(arena, new Random(1));
    logprobs = new Logprobs(top);
  }

  @TearDown
  public void free() {
    arena.close();
  }

  /** Logits in, log-probabilities out. */
  @Benchmark
  public TokenLogprobs ofOneToken() {
    return logprobs.of(logits, 17);
  }
}
