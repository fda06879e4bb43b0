package io.github.bitnet4j.jmh;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.text.Compatibility;
import io.github.bitnet4j.text.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
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

/** Ten megabytes that no pre-tokenizer cuts, to tokens. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LongPieceBenchmark {
  private static final int BYTES = 10_000_000;

  /** A model file with the vocabulary; none for the demo model. */
  @Param("")
  public String model;

  /** One letter, two in turns, the alphabet, seeded letters, ideographs, spaces or line breaks. */
  @Param({"a", "ab", "alphabet", "random", "ideographs", "spaces", "newlines"})
  public String text;

  private Tokenizer tokenizer;
  private String content;
  private int bytes;

  /** What was processed in a second. */
  @AuxCounters
  @State(Scope.Thread)
  public static class Processed {
    /** Bytes of UTF-8. */
    public long bytes;
  }

  @Setup
  public void read() throws IOException {
    var random = new Random(1);
    content =
        switch (text) {
          case "a" -> text(BYTES, i -> 'a');
          case "ab" -> text(BYTES, i -> 'a' + i % 2);
          case "alphabet" -> text(BYTES, i -> 'a' + i % 26);
          case "random" -> text(BYTES, i -> 'a' + random.nextInt(26));
          case "ideographs" -> text(BYTES / 3, i -> ideograph(random.nextDouble()));
          case "spaces" -> text(BYTES, i -> ' ');
          case "newlines" -> text(BYTES, i -> '\n');
          default -> throw new IllegalArgumentException("No text is named " + text);
        };
    bytes = content.getBytes(StandardCharsets.UTF_8).length;
    try (GgufFile file = model.isEmpty() ? BitNetModel.openDemo() : GgufFile.open(Path.of(model))) {
      tokenizer = Tokenizer.from(file.metadata(), Compatibility.HUGGING_FACE);
    }
  }

  /** Text in, tokens out. */
  @Benchmark
  public int[] encode(Processed processed) {
    processed.bytes += bytes;
    return tokenizer.encode(content);
  }

  private static String text(int length, IntUnaryOperator charAt) {
    var chars = new char[length];
    for (int i = 0; i < length; i++) {
      chars[i] = (char) charAt.applyAsInt(i);
    }
    return new String(chars);
  }

  /** Of the first 5,000, the earlier ones more often. */
  private static int ideograph(double uniform) {
    return 0x4E00 + (int) (5000 * uniform * uniform * uniform);
  }
}
