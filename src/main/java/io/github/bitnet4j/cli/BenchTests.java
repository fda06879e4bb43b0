package io.github.bitnet4j.cli;

import io.github.bitnet4j.bench.BenchTest;
import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.session.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** Which tests {@code bench} runs: every combination of what the options list. */
final class BenchTests {
  private static final int MAX_TOKENS = 1 << 20;
  private static final int MAX_SEQUENCES = 1024;
  private static final Pattern PAIR = Pattern.compile("(\\d{1,7}),(\\d{1,7})");

  @Option(
      names = {"-p", "--n-prompt"},
      paramLabel = "TOKENS",
      defaultValue = "512",
      description = "Lengths of prompts to process; 0 for none. Default: ${DEFAULT-VALUE}.")
  private List<String> promptTokens;

  @Option(
      names = {"-n", "--n-gen"},
      paramLabel = "TOKENS",
      defaultValue = "128",
      description = "Numbers of tokens to generate; 0 for none. Default: ${DEFAULT-VALUE}.")
  private List<String> generatedTokens;

  @Option(
      names = "-pg",
      paramLabel = "TOKENS,TOKENS",
      description = "A prompt and generation after it, timed together; may be given several times.")
  private List<String> promptThenGenerated = List.of();

  @Option(
      names = {"-d", "--n-depth"},
      paramLabel = "TOKENS",
      defaultValue = "0",
      description =
          "Numbers of tokens in the context before a test begins. Default: ${DEFAULT-VALUE}.")
  private List<String> depthTokens;

  @Option(
      names = "--sequences",
      paramLabel = "COUNT",
      defaultValue = "1",
      description =
          "Numbers of sequences to generate side by side, one token of each at a time."
              + " Default: ${DEFAULT-VALUE}.")
  private List<String> sequences;

  @Option(
      names = {"-b", "--batch-size"},
      paramLabel = "TOKENS",
      description =
          "Numbers of prompt tokens to process at a time, up to "
              + SessionOptions.MAX_BATCH_TOKENS
              + ". Default: as many as a session.")
  private List<String> batchTokens = List.of();

  @Option(
      names = {"-ctk", "--cache-type-k", "--kv-type"},
      paramLabel = "TYPE",
      split = ",",
      converter = EnumNames.KvTypes.class,
      completionCandidates = EnumNames.KvTypes.class,
      description =
          "How keys and values are stored: ${COMPLETION-CANDIDATES}. Default: as in a session.")
  private List<KvType> kvTypes = List.of();

  @Option(
      names = {"-ctv", "--cache-type-v"},
      paramLabel = "TYPE",
      split = ",",
      converter = EnumNames.KvTypes.class,
      completionCandidates = EnumNames.KvTypes.class,
      description = "The same as -ctk, which it must agree with: values are stored like keys.")
  private List<KvType> valueTypes = List.of();

  private record Lengths(int prompt, int generated, int sequences) {}

  /** The tests, at least one. What is out of range is wrong usage. */
  List<BenchTest> toTests(Command command) {
    if (!kvTypes.isEmpty() && !valueTypes.isEmpty() && !kvTypes.equals(valueTypes)) {
      throw command.usage(
          "-ctk and -ctv must agree, because keys and values are stored alike; leave out -ctv");
    }
    List<Integer> depths = BenchNumbers.parse(command, "--n-depth", depthTokens, 0, MAX_TOKENS);
    List<Lengths> lengths = lengths(command);
    var tests = new ArrayList<BenchTest>();
    for (int batch : batches(command)) {
      for (KvType type : types()) {
        for (int depth : depths) {
          for (Lengths l : lengths) {
            tests.add(new BenchTest(l.prompt, l.generated, depth, l.sequences, batch, type));
          }
        }
      }
    }
    if (tests.isEmpty()) {
      throw command.usage("--n-prompt 0 and --n-gen 0 leave nothing to measure; or add -pg");
    }
    return tests;
  }

  private List<Integer> batches(Command command) {
    return batchTokens.isEmpty()
        ? List.of(SessionOptions.DEFAULT.batchTokens())
        : BenchNumbers.parse(
            command, "--batch-size", batchTokens, 1, SessionOptions.MAX_BATCH_TOKENS);
  }

  private List<KvType> types() {
    List<KvType> given = kvTypes.isEmpty() ? valueTypes : kvTypes;
    return given.isEmpty()
        ? List.of(SessionOptions.DEFAULT.kvType())
        : given.stream().distinct().toList();
  }

  private List<Lengths> lengths(Command command) {
    var lengths = new ArrayList<Lengths>();
    for (int prompt : BenchNumbers.parse(command, "--n-prompt", promptTokens, 0, MAX_TOKENS)) {
      if (prompt > 0) {
        lengths.add(new Lengths(prompt, 0, 1));
      }
    }
    List<Integer> counts = BenchNumbers.parse(command, "--sequences", sequences, 1, MAX_SEQUENCES);
    for (int generated : BenchNumbers.parse(command, "--n-gen", generatedTokens, 0, MAX_TOKENS)) {
      for (int count : generated > 0 ? counts : List.<Integer>of()) {
        lengths.add(new Lengths(0, generated, count));
      }
    }
    for (String text : promptThenGenerated) {
      lengths.add(pair(command, text));
    }
    return lengths;
  }

  private static Lengths pair(Command command, String text) {
    Matcher numbers = PAIR.matcher(text.strip());
    if (numbers.matches()) {
      int prompt = Integer.parseInt(numbers.group(1));
      int generated = Integer.parseInt(numbers.group(2));
      if (prompt <= MAX_TOKENS && generated <= MAX_TOKENS && prompt + generated > 0) {
        return new Lengths(prompt, generated, 1);
      }
    }
    throw command.usage(
        "-pg takes the lengths of a prompt and of what is generated after it, each up to %d, such"
            + " as 512,128, not '%s'",
        MAX_TOKENS, text);
  }
}
