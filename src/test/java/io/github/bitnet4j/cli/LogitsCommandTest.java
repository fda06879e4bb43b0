package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.session.Session;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.testing.Logits;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("logits")
class LogitsCommandTest {
  private static final int VOCABULARY = 300;

  private static Path model;
  private static float[][] expected;

  @TempDir private static Path folder;

  @BeforeAll
  static void computeLogits() throws IOException {
    model = RandomModel.builder().write(folder.resolve("model.gguf"));
    try (var loaded = TestModels.load(RandomModel.builder());
        var session = new Session(loaded, SessionOptions.DEFAULT)) {
      expected = Logits.of(session, 1, 2, 299);
    }
  }

  @Test
  void theFileHoldsEveryPositionAsLittleEndianFloats() throws IOException {
    Path file = folder.resolve("logits.f32");
    var result = Cli.run("logits", "-m", model, "--tokens", "1,2,299", "--output", file);
    assertEquals("", assertDone(result));
    assertContains(result.err(), "3 rows of 300 logits written to " + file);
    assertArrayEquals(flat(expected), floats(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"f32", "q8_0"})
  void keysAndValuesAreStoredAsAskedFor(String type) throws IOException {
    Path file = folder.resolve(type);
    assertDone(
        Cli.run("logits", "-m", model, "--tokens", "1,2,299", "-o", file, "--kv-type", type));
    float[][] stored;
    var options = SessionOptions.DEFAULT.withKvType(KvType.valueOf(type.toUpperCase(Locale.ROOT)));
    try (var loaded = TestModels.load(RandomModel.builder());
        var session = new Session(loaded, options)) {
      stored = Logits.of(session, 1, 2, 299);
    }
    assertArrayEquals(flat(stored), floats(file));
    assertFalse(Arrays.equals(flat(expected), floats(file)));
  }

  private static float[] flat(float[][] rows) {
    var all = new float[rows.length * VOCABULARY];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * VOCABULARY, VOCABULARY);
    }
    return all;
  }

  private static float[] floats(Path file) throws IOException {
    var buffer =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    var all = new float[buffer.remaining()];
    buffer.get(all);
    return all;
  }

  @Test
  void aTypeThatKeysAndValuesCannotHaveIsWrongUsage() {
    assertUsage(
        Cli.run("logits", "-m", model, "--tokens", "1", "--kv-type", "q4_0"),
        "expected one of f16, f32, q8_0");
  }

  @Test
  void theTenMostProbableTokensAreShownBestFirst() {
    List<String> lines =
        assertDone(Cli.run("logits", "-m", model, "--tokens", "1 2 299")).lines().toList();
    assertEquals(10, lines.size());
    float[] last = expected[2];
    int best = 0;
    for (int id = 1; id < VOCABULARY; id++) {
      best = last[id] > last[best] ? id : best;
    }
    String[] columns = lines.getFirst().strip().split("\\s+", 4);
    assertEquals(Integer.toString(best), columns[0]);
    assertEquals(Float.toString(last[best]), columns[1]);
    double sum = 0;
    for (float logit : last) {
      sum += Math.exp(logit - last[best]);
    }
    assertEquals(1 / sum, Double.parseDouble(columns[2]), 1e-6);
  }

  @Test
  void anEarlierFileStaysWhereTheComputationFails() throws IOException {
    Path file = Files.writeString(folder.resolve("earlier.f32"), "earlier");
    assertFails(
        Cli.run("logits", "-m", model, "--tokens", "1,300", "-o", file),
        "token 2 of 2 has id 300; the vocabulary has 0 to 299");
    assertEquals("earlier", Files.readString(file));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.filter(path -> path.toString().contains(".part-")).count());
    }
  }

  @Test
  void anOutputFolderThatIsMissingIsAFailure() {
    assertFails(
        Cli.run("logits", "-m", model, "--tokens", "1", "-o", folder.resolve("no/such.f32")),
        "no: no such folder; create it first");
  }

  @Test
  void aMissingModelIsAFailure() {
    assertFails(Cli.run("logits", "-m", "missing.gguf", "--tokens", "1"), "no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1,", "0x10"})
  void aListThatIsNoListOfIdsIsWrongUsage(String tokens) {
    assertUsage(Cli.run("logits", "-m", model, "--tokens", tokens), "no token id");
  }

  @Test
  void tokensHaveToBeGiven() {
    assertUsage(Cli.run("logits", "-m", model), "--tokens");
  }
}
