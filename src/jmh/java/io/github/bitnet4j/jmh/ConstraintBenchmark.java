package io.github.bitnet4j.jmh;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.constraint.Constraint;
import io.github.bitnet4j.constraint.ConstraintCompiler;
import io.github.bitnet4j.constraint.ConstraintMatcher;
import io.github.bitnet4j.constraint.Grammar;
import io.github.bitnet4j.constraint.json.JsonGrammar;
import io.github.bitnet4j.constraint.json.JsonSchema;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.sampling.Candidates;
import io.github.bitnet4j.text.Compatibility;
import io.github.bitnet4j.text.EncodeOptions;
import io.github.bitnet4j.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/** A document under a constraint: what the mask of each of its tokens takes, and compiling. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ConstraintBenchmark {
  private static final String SCHEMA =
      """
      {"type": "object", "additionalProperties": false,
       "properties": {
         "name": {"type": "string", "maxLength": 100},
         "age": {"type": "integer", "minimum": 0, "maximum": 150},
         "kind": {"enum": ["person", "company", "robot"]},
         "notes": {"type": "string"},
         "tags": {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 10},
         "address": {"type": "object", "required": ["city"], "additionalProperties": false,
           "properties": {"city": {"type": "string"},
             "zip": {"type": "string", "pattern": "^[0-9]{5}$"}}},
         "score": {"type": "number"},
         "children": {"type": "array", "items": {"$ref": "#"}}},
       "required": ["name", "kind", "notes"]}
      """;

  private static final String DOCUMENT =
      "{\"name\": \"Ada Lovelace, Countess of somewhere far away\", \"age\": 36, \"kind\":"
          + " \"person\", \"notes\": \"She said \\\"hello\\\" to everyone who would listen, and"
          + " more.\\n"
          + "\", \"tags\": [\"math\", \"poetry\", \"engines and other machines\"], \"address\":"
          + " {\"city\": \"London\", \"zip\": \"12345\"}, \"score\": 12.5, \"children\":"
          + " [{\"name\": \"Byron\", \"kind\": \"person\", \"notes\": \"\"}]}";

  /** A model file with the vocabulary; none for the demo model. */
  @Param("")
  public String model;

  /** What the document is held to: a schema, or any JSON object. */
  @Param({"schema", "json"})
  public String grammar;

  /** Whether each document has a constraint compiled anew, which knows nothing yet. */
  @Param({"false", "true"})
  public boolean anew;

  private Tokenizer tokenizer;
  private ConstraintCompiler compiler;
  private Grammar read;
  private Constraint constraint;
  private ConstraintMatcher matcher;
  private Candidates candidates;
  private MemorySegment logits;
  private int[] ids = {};
  private int at;

  @Setup
  public void read(BenchmarkParams benchmark) throws IOException {
    try (GgufFile file = model.isEmpty() ? BitNetModel.openDemo() : GgufFile.open(Path.of(model))) {
      tokenizer = Tokenizer.from(file.metadata(), Compatibility.HUGGING_FACE);
    }
    read = grammar.equals("schema") ? JsonSchema.parse(SCHEMA).grammar() : JsonGrammar.object();
    if (benchmark.getBenchmark().endsWith("compileFirst")) {
      return;
    }
    compiler = new ConstraintCompiler(tokenizer);
    constraint = compiler.compile(read);
    ids = tokenizer.encode(DOCUMENT, EncodeOptions.TEXT_ONLY);
    at = ids.length;
    candidates = new Candidates();
    var random = new Random(1);
    var values = new float[tokenizer.vocabulary().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * (float) random.nextGaussian();
    }
    logits = MemorySegment.ofArray(values);
  }

  /** Loads the logits, and begins the document again where it has ended. */
  @Setup(Level.Invocation)
  public void load() {
    if (ids.length == 0) {
      return;
    }
    candidates.load(logits);
    if (at == ids.length) {
      at = 0;
      if (anew) {
        constraint = compiler.compile(read);
      }
      matcher = constraint.newMatcher();
    }
  }

  /** One token of a document after another, each masked and accepted. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public int mask() {
    matcher.keepAllowed(candidates, Long.MAX_VALUE);
    matcher.accept(ids[at++]);
    return candidates.size();
  }

  /** The grammar alone, with the vocabulary known. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public Constraint compile() {
    return compiler.compile(read);
  }

  /** The vocabulary and the grammar, cold: a JVM that has done neither before. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @Warmup(iterations = 0)
  @Measurement(iterations = 1)
  @Fork(5)
  public Constraint compileFirst() {
    return new ConstraintCompiler(tokenizer).compile(read);
  }
}
