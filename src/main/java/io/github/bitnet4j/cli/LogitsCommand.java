package io.github.bitnet4j.cli;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.generate.TextSession;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.text.Compatibility;
import io.github.bitnet4j.text.ControlTokens;
import io.github.bitnet4j.text.Tokenizer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Computes logits. */
@CommandLine.Command(
    name = "logits",
    header = "Compute the logits of a sequence of tokens.",
    description =
        "Without --output the ten most probable tokens after the last position are shown: id,"
            + " logit, probability at temperature 1, text.")
final class LogitsCommand extends Command {
  private static final int SHOWN = 10;

  @Mixin private FileArguments file;
  @Mixin private EngineArguments engine;
  @Mixin private KvTypeArgument kvType;

  @Option(
      names = "--tokens",
      paramLabel = "IDS",
      required = true,
      description =
          "Token ids separated by commas, taken as they are: no BOS is added."
              + " 'bitnet tokenize --ids' makes them.")
  private String tokens;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "Write the logits of every position to FILE, little-endian float32: one row of"
              + " vocabulary size per token. An earlier file is replaced when all is computed.")
  private Optional<Path> output = Optional.empty();

  LogitsCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    int[] ids = TokenIds.parse(this, List.of(tokens));
    var options = SessionOptions.DEFAULT.withContextLength(ids.length).withKvType(kvType.kvType);
    try (BitNetModel model = engine.load(this, file, Compatibility.HUGGING_FACE);
        TextSession session = model.newSession(options)) {
      if (verbose) {
        engine.tellRequantizedHead(console, model.model());
      }
      if (output.isPresent()) {
        AtomicFile.write(output.get(), out -> write(session, ids, out));
        console.note(
            "%s of %d logits written to %s",
            Text.plural(ids.length, "row"), model.tokenizer().vocabulary().size(), output.get());
      } else {
        show(session.prefill(ids), model.tokenizer());
      }
    }
    return DONE;
  }

  private static void write(TextSession session, int[] ids, OutputStream out) {
    session.evaluate(
        ids,
        (position, logits) -> {
          try {
            out.write(littleEndian(logits));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static byte[] littleEndian(MemorySegment logits) {
    var bytes = new byte[Math.toIntExact(logits.byteSize())];
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .put(logits.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer());
    return bytes;
  }

  private void show(MemorySegment segment, Tokenizer tokenizer) {
    float[] logits = segment.toArray(ValueLayout.JAVA_FLOAT);
    double largest = IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElse(0);
    double sum =
        IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - largest)).sum();
    IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparing((Integer id) -> logits[id]).reversed())
        .limit(SHOWN)
        .forEach(
            id ->
                console
                    .out()
                    .printf(
                        "%7d  %12s  %8.6f  %s\n",
                        id,
                        logits[id],
                        Math.exp(logits[id] - largest) / sum,
                        Text.quote(tokenizer.decode(ControlTokens.SHOW, id))));
  }
}
