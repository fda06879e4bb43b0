package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufValueType;
import io.github.bitnet4j.model.HeadType;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.session.Session;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("info")
class InfoCommandTest {
  private static Path model;

  @TempDir private static Path folder;

  @BeforeAll
  static void writeModel() throws IOException {
    model = RandomModel.builder().write(folder.resolve("model.gguf"));
  }

  @Test
  void theModelMayBeAnArgumentOrAnOption() {
    assertEquals(assertDone(Cli.run("info", model)), assertDone(Cli.run("info", "--model", model)));
    assertUsage(Cli.run("info", model, "-m", model), "given twice");
  }

  @Test
  void everySectionIsThere() {
    String info = assertDone(Cli.run("info", model));
    assertContains(info, "runs here      yes\n");
    assertContains(info, "architecture   bitnet-b1.58\n");
    assertContains(info, "heads          4 of 64, 2 for keys and values\n");
    assertContains(info, "BOS            297 \"<|begin_of_text|>\", put before text\n");
    assertContains(info, "answer ends at 298 \"<|end_of_text|>\", 299 \"<|eot_id|>\"\n");
    assertContains(info, "chat template  bitnet-2b4t\n");
    assertContains(info, "memory to run with a context of 256 tokens\n");
    assertContains(info, "of the engine, with ");
    assertContains(info, "general.name                                   \"random\"\n");
    assertContains(info, "300 × string [");
    assertContains(info, "blk.1.ffn_down.weight ");
    assertContains(info, " I2_S      40.03 KiB  640 × 256\n");
  }

  @Test
  void theMemoryPlanIsWhatAModelAndASessionTake() throws IOException {
    var options = SessionOptions.DEFAULT.withContextLength(100);
    try (GgufFile file = GgufFile.open(model);
        var loaded = TestModels.load(RandomModel.builder(), ModelOptions.DEFAULT);
        var session = new Session(loaded, options)) {
      var h = Hyperparameters.read(file, Optional.empty());
      var plan = MemoryPlan.of(file, h, options);
      assertEquals(Files.size(model), plan.mappedBytes());
      assertEquals(session.kvBytes(), plan.kvBytes());
      assertEquals(session.scratchBytes(), plan.scratchBytes().orElseThrow());
    }
  }

  @Test
  void whereTheEngineCannotBeHadTheRestIsStillDescribed() {
    String before = System.getProperty(KernelBuild.PROPERTY);
    System.setProperty(KernelBuild.PROPERTY, "quantum");
    try {
      String info = assertDone(Cli.run("info", model));
      assertContains(info, "and scratch memory of the engine, which cannot be told here\n");
      assertFalse(info.contains("of the engine, with"), info);
      JsonNode json = new JsonMapper().readTree(assertDone(Cli.run("info", "--json", model)));
      assertTrue(json.at("/memory/scratch_bytes").isNull());
    } finally {
      if (before == null) {
        System.clearProperty(KernelBuild.PROPERTY);
      } else {
        System.setProperty(KernelBuild.PROPERTY, before);
      }
    }
  }

  @Test
  void thePlanTellsWhatAScreenedHeadTakesMore() throws IOException {
    var options = SessionOptions.DEFAULT.withContextLength(100);
    try (GgufFile file = GgufFile.open(model);
        var screened =
            TestModels.load(RandomModel.builder(), ModelOptions.DEFAULT.withScreenedHead(true));
        var session = new Session(screened, options)) {
      var h = Hyperparameters.read(file, Optional.empty());
      var plan = MemoryPlan.of(file, h, options);
      assertEquals(
          plan.screenedHeadBytes(),
          h.screenedHeadBytes() + session.scratchBytes() - plan.scratchBytes().orElseThrow());
    }
  }

  @Test
  void thePlanTellsWhatARequantisedHeadTakesMore() throws IOException {
    JsonNode json = new JsonMapper().readTree(assertDone(Cli.run("info", "--json", model)));
    for (HeadType type : HeadType.values()) {
      long bytes = json.at("/memory/requantized_head_bytes/" + EnumNames.of(type)).asLong();
      var options = ModelOptions.DEFAULT.withHeadType(type);
      try (var loaded = TestModels.load(RandomModel.builder(), options)) {
        assertEquals(loaded.headBytes(), bytes);
      }
    }
    assertContains(
        assertDone(Cli.run("info", model)), "more, with --head-type q6_k, which is lossy");
    Path small = RandomModel.builder().head(GgmlType.Q6_K).write(folder.resolve("q6_k.gguf"));
    assertFalse(assertDone(Cli.run("info", small)).contains("--head-type"));
  }

  @Test
  void theContextLengthChangesThePlan() {
    assertContains(
        assertDone(Cli.run("info", model, "-c", "1000")),
        "memory to run with a context of 1000 tokens\n");
  }

  @Test
  void numbersLookTheSameInEveryLocale() {
    String expected = assertDone(Cli.run("info", model));
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertEquals(expected, assertDone(Cli.run("info", model)));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void jsonHoldsAllOfItWithArraysInFull() {
    JsonNode json = new JsonMapper().readTree(assertDone(Cli.run("info", "--json", model)));
    assertEquals(model.toString(), json.at("/file").asString());
    assertTrue(json.at("/runnable").asBoolean());
    assertEquals(2, json.at("/hyperparameters/layers").asInt());
    assertEquals(299, json.at("/tokenizer/end_of_generation/1").asInt());
    assertEquals("bitnet-2b4t", json.at("/chat_template/name").asString());
    assertEquals(300, json.at("/metadata/tokenizer.ggml.tokens/value").size());
    assertEquals("string", json.at("/metadata/tokenizer.ggml.tokens/element_type").asString());
    assertEquals(24, json.at("/tensors").size());
    assertEquals(256, json.at("/tensors/0/shape/0").asInt());
    assertTrue(json.at("/memory/kv_bytes").asLong() > 0);
    assertTrue(json.at("/memory/scratch_bytes").asLong() > 300 * Float.BYTES);
    assertTrue(json.at("/memory/threads").asInt() > 0);
  }

  @Test
  void aModelOfAnotherArchitectureIsDescribedWithTheReasonItCannotRun() throws IOException {
    Path llama = RandomModel.builder().architecture("llama").write(folder.resolve("llama.gguf"));
    String info = assertDone(Cli.run("info", llama));
    assertContains(info, "cannot run");
    assertContains(info, "'llama' is not supported");
    assertContains(info, "token_embd.weight");
    assertContains(info, "tokens         300\n");
    assertFalse(info.contains("runs here"), info);
  }

  @Test
  void aTokenizerThatIsNotUnderstoodIsAReasonToo() throws IOException {
    Path file =
        RandomModel.builder()
            .with("tokenizer.ggml.model", GgufValueType.STRING, "rwkv")
            .write(folder.resolve("rwkv.gguf"));
    String info = assertDone(Cli.run("info", file));
    assertContains(info, "cannot run");
    assertContains(info, "tokenizer.ggml.model");
    assertContains(info, "architecture   bitnet-b1.58\n");
  }

  @Test
  void thePublishedFilesChatTemplateIsCorrectedAndSaid() throws IOException {
    Path file = RandomModel.builder().published(true).write(folder.resolve("published.gguf"));
    String info = assertDone(Cli.run("info", file));
    assertContains(info, "wrong template of the published 2B-4T file");
    String cpp = assertDone(Cli.run("info", "--compat", "bitnet-cpp", file));
    assertContains(cpp, "chat template  bitnet-2b4t-cpp\n");
  }

  @Test
  void textsOfAFileCannotSteerTheTerminal() throws IOException {
    Path file =
        RandomModel.builder()
            .with("general.name", GgufValueType.STRING, "\u001b[2Jgone\n\u202e")
            .write(folder.resolve("hostile.gguf"));
    String info = assertDone(Cli.run("info", file));
    assertContains(info, "\"\\u{1b}[2Jgone\\n\\u{202e}\"\n");
    assertFalse(info.contains("\u001b"));
  }

  @Test
  void aFileThatIsNoGgufIsAFailureThatNamesTheByte() throws IOException {
    Path file = Files.writeString(folder.resolve("text.gguf"), "this is no model at all");
    assertFails(Cli.run("info", file), "at byte 0");
  }

  @Test
  void aTruncatedFileIsAFailure() throws IOException {
    byte[] bytes = Files.readAllBytes(model);
    Path file =
        Files.write(folder.resolve("short.gguf"), Arrays.copyOf(bytes, bytes.length - 100_000));
    assertFails(Cli.run("info", file), "short.gguf");
  }

  @Test
  void aContextLengthThatIsNoNumberOrOutOfRangeIsWrongUsage() {
    assertUsage(Cli.run("info", model, "-c", "many"), "--ctx-size");
    assertUsage(Cli.run("info", model, "-c", "-1"), "context length must be 0");
  }
}
