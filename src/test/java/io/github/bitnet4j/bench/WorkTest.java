package io.github.bitnet4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.model.HeadType;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.model.WeightMemory;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the work of a test")
class WorkTest {
  // 3 layers of width 256, feed-forward 640, 4 heads of 64, of which 2 for keys and values.
  private static final long TERNARY =
      3 * (256 * 256 + 2 * 128 * 256 + 256 * 256 + 2 * 640 * 256 + 256 * 640);
  private static final long SCALES = 3 * 7 * 4;
  private static final long NORMS = (3 * (256 + 256 + 256 + 640) + 256) * 4;
  private static final long EMBEDDING_ROW = 256 * 2;
  private static final long HEAD = 300 * 256 * 4;
  private static final long KV = 3 * 2 * 128 * 2;
  private static final long PASS = TERNARY / 4 + SCALES + NORMS;

  private static Model model;

  @BeforeAll
  static void load() throws GgufFormatException {
    model =
        TestModels.load(RandomModel.builder().layers(3).embdType(GgmlType.F16).head(GgmlType.F32));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void ofOneGeneratedTokenIsEverythingOnce() {
    assertEquals(new Work(PASS + EMBEDDING_ROW + HEAD + 11 * KV, TERNARY), work(0, 1, 10, 1, 128));
  }

  @Test
  void ofSeveralTokensGrowsWithThePositions() {
    assertEquals(
        new Work(3 * (PASS + EMBEDDING_ROW + HEAD) + (1 + 2 + 3) * KV, 3 * TERNARY),
        work(0, 3, 0, 1, 128));
  }

  @Test
  void ofSequencesSideBySideSharesTheWeightsButNotTheKeysAndValues() {
    assertEquals(
        new Work(PASS + HEAD + 8 * (EMBEDDING_ROW + 11 * KV), 8 * TERNARY), work(0, 1, 10, 8, 128));
  }

  @Test
  void ofAPromptReadsTheWeightsOncePerBatchAndTheHeadOnce() {
    assertEquals(
        new Work(3 * PASS + 20 * EMBEDDING_ROW + HEAD + (8 + 16 + 20) * KV, 20 * TERNARY),
        work(20, 0, 0, 1, 8));
  }

  @Test
  void ofAPromptAndGenerationIsTheSumOfBoth() {
    assertEquals(work(20, 0, 5, 1, 8).plus(work(0, 4, 25, 1, 8)), work(20, 4, 5, 1, 8));
  }

  @Test
  void ofPackedWeightsCountsThoseWhereOneTokenIsComputed() throws GgufFormatException {
    var builder = RandomModel.builder().layers(3).embdType(GgmlType.F16).head(GgmlType.F32);
    var options = ModelOptions.DEFAULT.withWeights(WeightMemory.PACKED);
    // Rows of 256 and 640 weights: 11 and 27 blocks, 5 bytes of each and 4 bytes for every row.
    long packed = 3 * ((256 + 2 * 128 + 256 + 2 * 640) * (4 + 11 * 5) + 256 * (4 + 27 * 5));
    try (Model model = TestModels.load(builder, options)) {
      assertEquals(
          new Work(PASS - TERNARY / 4 + packed + EMBEDDING_ROW + HEAD + 11 * KV, TERNARY),
          Work.of(model, new BenchTest(0, 1, 10, 1, 128, KvType.F16), KV));
      assertEquals(
          work(0, 1, 10, 8, 128), Work.of(model, new BenchTest(0, 1, 10, 8, 128, KvType.F16), KV));
    }
  }

  @Test
  void ofARequantisedHeadCountsItsOwnBytes() throws GgufFormatException {
    var builder = RandomModel.builder().layers(3).embdType(GgmlType.F16).head(GgmlType.F32);
    try (Model q6k = TestModels.load(builder, ModelOptions.DEFAULT.withHeadType(HeadType.Q6_K))) {
      Work work = Work.of(q6k, new BenchTest(0, 1, 10, 1, 128, KvType.F16), KV);
      assertEquals(new Work(PASS + EMBEDDING_ROW + 300 * 210 + 11 * KV, TERNARY), work);
    }
  }

  @Test
  void ofAScreenedHeadCountsItsCopyHoweverManySequencesThereAre() throws GgufFormatException {
    var builder = RandomModel.builder().layers(3).embdType(GgmlType.F16).head(GgmlType.F32);
    long copy = 300 * (256 + 12); // codes, and three floats to a row
    try (Model model = TestModels.load(builder, ModelOptions.DEFAULT.withScreenedHead(true))) {
      assertEquals(
          new Work(PASS + copy + EMBEDDING_ROW + 11 * KV, TERNARY),
          Work.of(model, new BenchTest(0, 1, 10, 1, 128, KvType.F16), KV));
      assertEquals(
          new Work(PASS + copy + 8 * (EMBEDDING_ROW + 11 * KV), 8 * TERNARY),
          Work.of(model, new BenchTest(0, 1, 10, 8, 128, KvType.F16), KV));
    }
  }

  @Test
  void takesTheEngineAtItsWordHowLargeKeysAndValuesAre() {
    var test = new BenchTest(0, 1, 0, 1, 1, KvType.F16);
    try (var workload = new Workload(model, test)) {
      assertEquals(KV, workload.kvBytesPerToken());
    }
  }

  private static Work work(int prompt, int generated, int depth, int sequences, int batch) {
    return Work.of(
        model, new BenchTest(prompt, generated, depth, sequences, batch, KvType.F16), KV);
  }
}
