package io.github.bitnet4j.constraint.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.LoadOptions;
import io.github.bitnet4j.constraint.RegularExpression;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.sampling.SamplingOptions;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.SchemaJudge;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that knows nothing writes JSON that obeys any schema, and comes to an end. */
class SchemaGenerationTest {
  private static final int SCHEMAS = 1000;
  private static final int MAX_TOKENS = 200;

  @TempDir static Path folder;
  private static BitNetModel model;

  @BeforeAll
  static void loadModel() throws Exception {
    var file = folder.resolve("random.gguf");
    RandomModel.builder()
        .layers(1)
        .embd(128)
        .ffn(128)
        .heads(2)
        .kvHeads(1)
        .context(1024)
        .write(file);
    model = BitNetModel.load(file, LoadOptions.DEFAULT.withThreads(1));
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  @Test
  void everyTextHeldToARandomSchemaIsCompleteAndObeysIt() {
    try (var session = model.newSession()) {
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
        assertEquals("", new SchemaJudge(schema.json()).problems(text), () -> schema.json());
      }
    }
  }

  /** States of a constraint were once noted where those compiled after it found them. */
  @Test
  void aConstraintIsNotDisturbedByAnother() {
    var first = model.constraints().compile(RegularExpression.parse("[a-z]*"));
    int allowed = first.newMatcher().allowedTokens().length;
    var second = model.constraints().compile(RegularExpression.parse("[a-e]*|[f-k]*|[l-z]*"));
    assertTrue(second.newMatcher().allowedTokens().length < allowed);
    assertEquals(allowed, first.newMatcher().allowedTokens().length);
  }
}
