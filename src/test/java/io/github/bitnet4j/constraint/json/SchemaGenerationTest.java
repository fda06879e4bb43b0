package io.github.bitnet4j.constraint.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.LoadOptions;
import io.github.bitnet4j.generate.FinishReason;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.sampling.SamplingOptions;
import io.github.bitnet4j.testing.RandomModel;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that knows nothing writes JSON that obeys any schema, and comes to an end. */
class SchemaGenerationTest {
  private static final int SCHEMAS = 1000;
  private static final int MAX_TOKENS = 200;

  @TempDir Path folder;

  @Test
  void everyTextHeldToARandomSchemaIsCompleteAndObeysIt() throws Exception {
    var file = folder.resolve("random.gguf");
    RandomModel.builder().layers(1).embd(128).ffn(128).heads(2).kvHeads(1).context(1024).write(file);
    try (var model = BitNetModel.load(file, LoadOptions.DEFAULT.withThreads(1));
        var session = model.newSession()) {
      int stopped = 0;
      for (int seed = 0; seed < SCHEMAS; seed++) {
        var schema = RandomSchema.of(new Random(seed), 3);
        var constraint = model.constraints().compile(JsonSchema.parse(schema.json()).grammar());
        var options =
            GenerateOptions.sampling(
                    SamplingOptions.DEFAULT.withTemperature(1.5f).withTopK(0).withSeed(seed))
                .withMaxTokens(MAX_TOKENS)
                .withConstraint(constraint);
        session.rewind(0);
        var generation = session.generate("{", options);
        String text = generation.text();
        assertTrue(generation.isComplete(), () -> schema.json() + " began " + text);
        assertEquals("", new Judge(schema.json()).problems(text), () -> schema.json());
        stopped += generation.finishReason().orElseThrow() == FinishReason.STOP ? 1 : 0;
      }
      System.out.println("stopped " + stopped);
    }
  }
}
