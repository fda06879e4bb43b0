package io.github.bitnet4j.jmh;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.text.Compatibility;
import io.github.bitnet4j.text.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.annotations.Warmup;

/** English text to tokens and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TokenizerBenchmark {
  /** A model file with the vocabulary; none for the demo model. */
  @Param("")
  public String model;

  /** The text: this project's guide, prose with some code. */
  @Param("docs/guide.md")
  public String text;

  private Tokenizer tokenizer;
  private String content;
  private int bytes;
  private int[] ids;

  /** What was processed in a second. */
  @AuxCounters
  @State(Scope.Thread)
  public static class Processed {
    /** Bytes of UTF-8. */
    public long bytes;

    /** Tokens. */
    public long tokens;
  }

  @Setup
  public void read() throws IOException {
    content = Files.readString(Path.of(text));
    bytes = content.getBytes(StandardCharsets.UTF_8).length;
    try (GgufFile file = model.isEmpty() ? BitNetModel.openDemo() : GgufFile.open(Path.of(model))) {
      tokenizer = Tokenizer.from(file.metadata(), Compatibility.HUGGING_FACE);
    }
    ids = tokenizer.encode(content);
  }

  /** Text in, tokens out. */
  @Benchmark
  public int[] encode(Processed processed) {
    int[] tokens = tokenizer.encode(content);
    processed.bytes += bytes;
    processed.tokens += tokens.length;
    return tokens;
  }

  /** Tokens in, text out. */
  @Benchmark
  public String decode(Processed processed) {
    processed.bytes += bytes;
    processed.tokens += ids.length;
    return tokenizer.decode(ids);
  }
}
