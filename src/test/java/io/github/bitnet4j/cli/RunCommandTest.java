package io.github.bitnet4j.cli;

import static io.github.bitnet4j.cli.CliAssertions.assertContains;
import static io.github.bitnet4j.cli.CliAssertions.assertDone;
import static io.github.bitnet4j.cli.CliAssertions.assertFails;
import static io.github.bitnet4j.cli.CliAssertions.assertUsage;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.gguf.GgufValueType;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.text.ChatMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("run")
class RunCommandTest {
  private static final GenerateOptions GREEDY = GenerateOptions.greedy().withMaxTokens(24);

  private static Path model;

  @TempDir private static Path folder;

  @BeforeAll
  static void writeModel() throws IOException {
    model = RandomModel.builder().context(512).write(folder.resolve("model.gguf"));
  }

  @Test
  void itWritesWhatTheLibraryGenerates() throws IOException {
    assertEquals(
        line(generated(model, "the sea")),
        assertDone(Cli.run("run", "-m", model, "-n", 24, "--temp", 0, "the sea")));
  }

  @Test
  void aChatTurnIsWhatTheLibraryAnswers() throws IOException {
    var messages = List.of(ChatMessage.system("be kind"), ChatMessage.user("hello"));
    try (var loaded = BitNetModel.load(model);
        var session = loaded.newSession()) {
      String expected = line(session.chat(messages, GREEDY).text());
      assertEquals(
          expected,
          assertDone(
              Cli.run(
                  "run",
                  "-m",
                  model,
                  "-n",
                  24,
                  "--temp",
                  0,
                  "--chat",
                  "--system",
                  "be kind",
                  "hello")));
    }
  }

  @Test
  void withoutAModelTheDemoModelWrites() {
    try (var demo = BitNetModel.demo();
        var session = demo.newSession()) {
      String expected = line(session.generate("Once upon a time", GREEDY).text());
      assertEquals(expected, assertDone(Cli.run("run", "-n", 24, "--temp", 0, "Once upon a time")));
      assertTrue(expected.matches("(?s)[ \\w.,'!?\"\n+=-]{20,}"), expected);
    }
  }

  @Test
  void thePromptMayComeFromStandardInput() {
    String expected = assertDone(Cli.run("run", "-m", model, "-n", 8, "--temp", 0, "the sea"));
    assertEquals(
        expected,
        assertDone(Cli.runWithInput("the sea\n", "run", "-m", model, "-n", 8, "--temp", 0)));
    assertEquals(
        expected,
        assertDone(Cli.runWithInput("the sea", "run", "-m", model, "-n", 8, "--temp", 0, "-")));
  }

  @Test
  void withoutAPromptAPersonAtTheKeyboardIsToldSo() {
    var err = new ByteArrayOutputStream();
    var in = new ByteArrayInputStream(new byte[0]);
    var console = Console.of(in, OutputStream.nullOutputStream(), err, descriptor -> true);
    assertEquals(2, Main.run(console, "run", "-m", model.toString()));
    assertContains(err.toString(StandardCharsets.UTF_8), "there is no prompt");
  }

  @Test
  void timingsGoToStandardError() {
    var result = Cli.run("run", "-m", model, "-n", 5, "--ignore-eos", "abc");
    assertDone(result);
    var timings =
        "load [0-9.]+ m?s \\| prompt 4 tokens, [0-9.]+ tokens/s \\| generated 5 tokens, [0-9.]+"
            + " tokens/s\ncut off after 5 tokens; -n allows more\n";
    assertTrue(result.err().matches(timings), result.err());
  }

  @Test
  void theSameSeedGivesTheSameTextOnAnyNumberOfThreads() {
    String one = sampled("--seed", "7", "-t", "1");
    assertEquals(one, sampled("--seed", "7", "-t", "2"));
    assertEquals(one, sampled("--seed", "7", "--kernel", "scalar"));
    assertNotEquals(one, sampled("--seed", "8", "-t", "1"));
  }

  @Test
  void aSeedThatWasDrawnIsShownOnRequestAndRepeatsTheText() {
    var first = Cli.run("run", "-m", model, "-n", 24, "-v", "--temp", 2, "the sea");
    String seed = first.err().lines().findFirst().orElseThrow().replaceAll(".*seed ", "");
    assertEquals(assertDone(first), sampled("--seed", seed));
  }

  @Test
  void generationEndsAtTheEndTokenUnlessAskedOtherwise() throws IOException {
    int first;
    try (var loaded = BitNetModel.load(model);
        var session = loaded.newSession()) {
      first = session.generate("the sea", GREEDY).iterator().next().token();
    }
    Path ending =
        RandomModel.builder()
            .context(512)
            .with("tokenizer.ggml.eos_token_id", GgufValueType.U32, (long) first)
            .write(folder.resolve("ending.gguf"));
    var stopped = Cli.run("run", "-m", ending, "--temp", 0, "-n", 3, "the sea");
    assertEquals("\n", assertDone(stopped));
    assertContains(stopped.err(), "generated 0 tokens");
    assertFalse(stopped.err().contains("cut off"), stopped.err());
    var ignored = Cli.run("run", "-m", ending, "--temp", 0, "-n", 3, "--ignore-eos", "the sea");
    assertContains(ignored.err(), "generated 3 tokens");
  }

  @Test
  void aFullContextCutsTheTextOffAndSaysSo() {
    var result = Cli.run("run", "-m", model, "-c", 16, "-n", 0, "--ignore-eos", "abc");
    assertDone(result);
    assertContains(result.err(), "generated 13 tokens");
    assertContains(result.err(), "cut off: the context of 16 tokens is full; -c allows more");
  }

  @Test
  void onlyAChatIsToldThatTheChatTemplateIsMissing() {
    var note = "warning: tokenizer.chat_template is absent; chats use bitnet-2b4t";
    assertContains(Cli.run("run", "-m", model, "-n", 1, "--chat", "x").err(), note);
    assertFalse(Cli.run("run", "-m", model, "-n", 1, "x").err().contains("warning"));
  }

  @Test
  void aPromptThatDoesNotFitIsAFailure() {
    assertFails(
        Cli.run("run", "-m", model, "-c", 16, "x".repeat(40)),
        "the prompt of 41 tokens does not fit in the context of 16; shorten it or raise -c");
  }

  @Test
  void aPromptWithoutAnyTokenIsAFailure() throws IOException {
    Path noBos =
        RandomModel.builder()
            .with("tokenizer.ggml.add_bos_token", GgufValueType.BOOL, false)
            .write(folder.resolve("no-bos.gguf"));
    assertFails(Cli.run("run", "-m", noBos, ""), "the prompt is empty");
  }

  @Test
  void aMissingFileAndADamagedOneAreFailures() throws IOException {
    assertFails(Cli.run("run", "-m", "missing.gguf", "x"), "missing.gguf: no such file");
    Path llama = RandomModel.builder().architecture("llama").write(folder.resolve("llama.gguf"));
    assertFails(Cli.run("run", "-m", llama, "x"), "'llama' is not supported");
  }

  @ParameterizedTest
  @CsvSource({
    "--temp, -1, temperature must be 0",
    "--temp, hot, --temp",
    "--top-k, -1, top-k must be",
    "--top-p, 0, top-p must be",
    "--min-p, 2, min-p must be",
    "--repeat-penalty, 0, repeat-penalty must be",
    "--repeat-last-n, -2, repeat-last-n must be",
    "--presence-penalty, NaN, presence-penalty must be",
    "--frequency-penalty, Infinity, frequency-penalty must be",
    "--dry-multiplier, -1, dry-multiplier must be",
    "--dry-base, 0, dry-base must be",
    "--dry-allowed-length, 0, dry-allowed-length must be",
    "--dry-penalty-last-n, -2, dry-penalty-last-n must be",
    "--dry-sequence-breaker, '', dry-sequence-breaker must be",
    "--typical, 2, typical must be",
    "--top-nsigma, NaN, top-nsigma must be",
    "--xtc-probability, 2, xtc-probability must be",
    "--xtc-threshold, -1, xtc-threshold must be",
    "--dynatemp-range, -1, dynatemp-range must be",
    "--dynatemp-exp, -1, dynatemp-exp must be",
    "--mirostat, 3, mirostat must be",
    "--mirostat-ent, -1, mirostat-ent must be",
    "--mirostat-lr, -1, mirostat-lr must be",
    "--min-keep, -1, min-keep must be",
    "--logit-bias, 12, '\"12\" is no logit bias'",
    "--logit-bias, 12+1.2.3, '\"12+1.2.3\" is no logit bias'",
    "--samplers, top_q, no sampler is called 'top_q'; there are penalties",
    "--sampler-seq, kz, no sampler has the letter 'z'; there are e (penalties)",
    "--stop, '', a stop string must have at least one character",
    "--logprobs, -1, the number of log-probabilities must be",
    "--seed, x, --seed",
    "--predict, -2, max tokens must be",
    "--threads, -1, threads must be",
    "--threads, 2000, threads must be",
    "--ctx-size, -5, context length must be",
    "--kernel, quantum, no kernel build is called 'quantum'",
    "--kernel, all, takes one kernel build",
    "--layout, diagonal, expected one of block-128",
    "--weights, elsewhere, 'expected one of mapped, copied, packed'",
    "--head-type, q4_0, 'expected one of q8_0, q6_k'",
    "--compat, ollama, expected one of hugging-face",
    "--system, x, --system needs --chat",
  })
  void aWrongOptionValueIsWrongUsage(String option, String value, String cause) {
    assertUsage(Cli.run("run", "-m", model, option, value, "x"), cause);
  }

  @Test
  void weightsInMemoryOfTheirOwnGiveTheSameText() {
    var mapped = Cli.run("run", "-m", model, "--weights", "mapped", "-n", 8, "--seed", 1, "x");
    var copied = Cli.run("run", "-m", model, "--weights", "copied", "-n", 8, "--seed", 1, "x");
    var packed = Cli.run("run", "-m", model, "--weights", "packed", "-n", 8, "--seed", 1, "x");
    assertEquals(assertDone(mapped), assertDone(copied));
    assertEquals(assertDone(mapped), assertDone(packed));
  }

  @Test
  void weightsThatCannotBePackedSayWhatToDo() throws IOException {
    Path other = RandomModel.builder().fourthCode(true).write(folder.resolve("fourth.gguf"));
    assertFails(
        Cli.run("run", "-m", other, "--weights", "packed", "x"),
        "packing the weights, one of whose codes is 3; load them mapped or copied instead");
  }

  @Test
  void aRequantisedHeadIsToldOnRequest() {
    var result = Cli.run("run", "-m", model, "--head-type", "q8_0", "-n", 8, "-v", "x");
    assertDone(result);
    assertContains(result.err(), "head requantised from F16 to Q8_0, ");
    assertFalse(Cli.run("run", "-m", model, "-n", 8, "-v", "x").err().contains("requantised"));
  }

  @Test
  void aHeadThatCannotBeRequantisedIsRefused() throws IOException {
    Path narrow = RandomModel.builder().embd(384).heads(6).write(folder.resolve("narrow.gguf"));
    assertFails(
        Cli.run("run", "-m", narrow, "--head-type", "q6_k", "x"),
        "the head 'token_embd.weight' cannot be requantised to Q6_K: its rows of 384 weights are"
            + " no whole blocks of 256; Q8_0 would do");
  }

  @Test
  void aStopStringEndsTheTextAndIsNamed() {
    String text = assertDone(Cli.run("run", "--temp", 0, "-n", 24, "Once upon a time"));
    String stop = text.substring(8, 14);
    var result = Cli.run("run", "--temp", 0, "--stop", "~", "--stop", stop, "Once upon a time");
    assertEquals(line(text.substring(0, text.indexOf(stop))), assertDone(result));
    assertContains(result.err(), "ended before the stop string \"" + stop + "\"");
  }

  @Test
  void logprobsAreWrittenALinePerToken() {
    String lines =
        assertDone(Cli.run("run", "--temp", 0, "-n", 2, "--logprobs", 1, "Once upon a time"));
    String[] shown = lines.split("\n");
    assertEquals(4, shown.length, lines);
    assertTrue(shown[0].matches(" +\\d+ +-?\\d\\.\\d{6}  \" .+\""), shown[0]);
    assertEquals("    " + shown[0], shown[1]);
    assertEquals("    " + shown[2], shown[3]);
  }

  @Test
  void logprobsOfThePromptComeFirst() {
    String lines =
        assertDone(
            Cli.run(
                "run",
                "-n",
                1,
                "--temp",
                0,
                "--logprobs",
                0,
                "--logprobs-prompt",
                "--logprobs-after-sampling",
                "Once upon"));
    String[] shown = lines.split("\n");
    assertEquals(4, shown.length, lines);
    assertTrue(shown[0].endsWith("  -  \"<|begin_of_text|>\""), shown[0]);
    assertTrue(shown[1].endsWith("  \"Once\""), shown[1]);
    assertTrue(shown[2].endsWith("  \" upon\""), shown[2]);
    assertTrue(shown[3].contains("  0.000000  "), shown[3]);
  }

  @Test
  void logprobsOptionsNeedLogprobs() {
    assertUsage(
        Cli.run("run", "-m", model, "--logprobs-prompt", "x"),
        "--logprobs-prompt needs --logprobs");
    assertUsage(
        Cli.run("run", "-m", model, "--logprobs-after-sampling", "x"),
        "--logprobs-after-sampling needs --logprobs");
  }

  @Test
  void theOrderOfSamplersCanBeGivenByNamesOrLetters() {
    String names = sampled("--seed", 3, "--samplers", "temperature;top_k;min_p");
    assertEquals(names, sampled("--seed", 3, "--sampler-seq", "tkm"));
    assertNotEquals(names, sampled("--seed", 3, "--samplers", ""));
    assertUsage(
        Cli.run("run", "-m", model, "--samplers", "top_k", "--sampler-seq", "k", "x"),
        "--samplers and --sampler-seq say the same");
  }

  @Test
  void everySamplerOptionReachesTheSamplers() {
    String plain = sampled("--seed", 3);
    for (var options :
        List.of(
            List.of("--top-k", 1),
            List.of("--top-p", 0.01),
            List.of("--min-p", 1),
            List.of("--typical", 0.01),
            List.of("--top-nsigma", 0.01),
            List.of("--xtc-probability", 1, "--xtc-threshold", 0.001),
            List.of("--dynatemp-range", 1.9, "--dynatemp-exp", 4),
            List.of("--mirostat", 1, "--mirostat-ent", 0.1),
            List.of("--mirostat", 2, "--mirostat-ent", 0.1, "--mirostat-lr", 0.5),
            List.of("--top-k", 1, "--min-keep", 5),
            List.of("--repeat-penalty", 3, "--repeat-last-n", -1),
            List.of("--presence-penalty", 9),
            List.of("--frequency-penalty", 9),
            List.of("--dry-multiplier", 99, "--dry-allowed-length", 1, "--dry-base", 3),
            List.of(
                "--dry-multiplier",
                99,
                "--dry-allowed-length",
                1,
                "--dry-penalty-last-n",
                -1,
                "--dry-sequence-breaker",
                "none"),
            List.of("-l", "40+99", "--logit-bias", "41-inf"))) {
      var all = new ArrayList<Object>(List.of("--seed", 3));
      all.addAll(options);
      assertNotEquals(plain, sampled(all.toArray()), options.toString());
    }
  }

  @Test
  void aBiasCanForceAToken() {
    String lines =
        assertDone(
            Cli.run("run", "-m", model, "-n", 2, "-l", "40+inf", "--logprobs", 0, "the sea"));
    assertTrue(lines.lines().allMatch(line -> line.strip().startsWith("40 ")), lines);
  }

  @Test
  void generationEndsQuietlyWhenItsReaderHasGone() {
    var err = new ByteArrayOutputStream();
    var in = new ByteArrayInputStream(new byte[0]);
    var out =
        new OutputStream() {
          private int written;

          @Override
          public void write(int b) throws IOException {
            if (++written > 3) {
              throw new IOException("Broken pipe");
            }
          }
        };
    var console = Console.of(in, out, err, descriptor -> false);
    assertEquals(141, Main.run(console, "run", "-m", model.toString(), "--ignore-eos", "the sea"));
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aLongPromptShowsItsProgressAtATerminal() {
    var err = new ByteArrayOutputStream();
    var in = new ByteArrayInputStream(new byte[0]);
    int stderr = 2;
    var console =
        Console.of(in, OutputStream.nullOutputStream(), err, descriptor -> descriptor == stderr);
    assertEquals(0, Main.run(console, "run", "-m", model.toString(), "-n", "1", "x".repeat(300)));
    String shown = err.toString(StandardCharsets.UTF_8);
    assertContains(shown, "\r\u001b[Kprompt: 128 of 301 tokens\r\u001b[Kprompt: 256 of 301 tokens");
    assertContains(shown, "\r\u001b[Kload ");
  }

  private static String sampled(Object... options) {
    var arguments = new Object[options.length + 8];
    System.arraycopy(
        new Object[] {"run", "-m", model, "-n", 24, "--temp", 2, "the sea"}, 0, arguments, 0, 8);
    System.arraycopy(options, 0, arguments, 8, options.length);
    return assertDone(Cli.run(arguments));
  }

  private static String generated(Path file, String prompt) throws IOException {
    try (var loaded = BitNetModel.load(file);
        var session = loaded.newSession()) {
      return session.generate(prompt, GREEDY).text();
    }
  }

  private static String line(String text) {
    return text.endsWith("\n") ? text : text + "\n";
  }
}
