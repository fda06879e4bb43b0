package io.github.bitnet4j.jmh;

import io.github.bitnet4j.sampling.DryOptions;
import io.github.bitnet4j.sampling.MirostatOptions;
import io.github.bitnet4j.sampling.SamplerChain;
import io.github.bitnet4j.sampling.SamplingOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

/**
 * Choosing a token among the 128,256 of Llama 3's vocabulary. The logits are normally distributed
 * and the best lies ten standard deviations above the mean, as in text.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SamplerBenchmark {
  private static final int VOCABULARY = NormalLogits.VOCABULARY;
  private static final float BEST = 20;
  private static final byte[] TOKEN = {'t'};

  /** How tokens are chosen. */
  @Param({"greedy", "default", "no-top-k", "repeat-penalty", "dry", "mirostat-2"})
  public String chain;

  private Arena arena;
  private MemorySegment logits;
  private SamplerChain samplers;

  @Setup
  public void fill() {
    arena = Arena.ofShared();
    var random = new Random(1);
    logits = NormalLogits.fill(arena, random);
    logits.setAtIndex(ValueLayout.JAVA_FLOAT, random.nextInt(VOCABULARY), BEST);
    var options = SamplingOptions.DEFAULT.withSeed(1);
    var chosen =
        switch (chain) {
          case "greedy" -> SamplingOptions.GREEDY;
          case "default" -> options;
          case "no-top-k" -> options.withTopK(0);
          case "repeat-penalty" -> options.withRepeatPenalty(1.1f);
          case "dry" -> options.withDry(DryOptions.OFF.withMultiplier(0.8f));
          case "mirostat-2" -> options.withMirostat(new MirostatOptions(2, 5, 0.1f));
          default -> throw new IllegalArgumentException("no chain is called " + chain);
        };
    samplers = chosen.newChain(id -> TOKEN);
    for (int i = 0; i < 64; i++) {
      samplers.accept(random.nextInt(VOCABULARY));
    }
  }

  @TearDown
  public void free() {
    arena.close();
  }

  /** Logits in, token out. */
  @Benchmark
  public int sample() {
    return samplers.sample(logits);
  }
}
