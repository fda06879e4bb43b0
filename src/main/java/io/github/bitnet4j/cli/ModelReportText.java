package io.github.bitnet4j.cli;

import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufMetadata;
import io.github.bitnet4j.gguf.GgufTensor;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.text.Tokenizer;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** A {@link ModelReport} for people. */
final class ModelReportText {
  private static final int ARRAY_ELEMENTS = 4;
  private static final int STRING_CHARACTERS = 60;

  private final Output out;

  ModelReportText(Output out) {
    this.out = out;
  }

  void write(ModelReport report) {
    writeSummary(report);
    report.hyperparameters().ifPresent(this::writeHyperparameters);
    writeTokenizer(report);
    writeTypes(report);
    boolean mapped = report.file().parts().getFirst().path().isPresent();
    report.memory().ifPresent(plan -> writeMemory(plan, mapped));
    writeMetadata(report.file().metadata());
    writeTensors(report);
  }

  private void writeSummary(ModelReport report) {
    var file = report.file();
    row("file", Text.escape(file.name()));
    if (file.parts().size() > 1) {
      row("parts", Integer.toString(file.parts().size()));
    }
    row("format", "GGUF version " + file.version());
    row("size", Text.bytes(file.byteSize()));
    row("parameters", Text.count(report.parameters()));
    if (report.obstacles().isEmpty()) {
      row("runs here", "yes");
    }
    report.obstacles().forEach(obstacle -> row("cannot run", obstacle));
  }

  private void writeHyperparameters(Hyperparameters h) {
    heading("hyperparameters");
    row("architecture", h.architecture().key());
    row("activation", h.activation().name().toLowerCase(Locale.ROOT));
    row("layers", Integer.toString(h.layers()));
    row("embedding", Integer.toString(h.embd()));
    row("feed-forward", Integer.toString(h.ff()));
    row("heads", "%d of %d, %d for keys and values".formatted(h.heads(), h.headDim(), h.kvHeads()));
    row("vocabulary", Integer.toString(h.vocab()));
    row("context", h.contextLength() + " tokens");
    row("RMS epsilon", Float.toString(h.rmsEpsilon()));
    row("RoPE base", Double.toString(h.ropeBase()));
    row("RoPE scale", Double.toString(h.ropeScale()));
  }

  private void writeTokenizer(ModelReport report) {
    heading("tokenizer");
    report.tokenizer().ifPresent(this::writeTokenizer);
    report
        .template()
        .ifPresent(
            choice -> {
              row("chat template", choice.template().name());
              choice.note().ifPresent(note -> row("note", note));
            });
  }

  private void writeTokenizer(Tokenizer tokenizer) {
    var vocabulary = tokenizer.vocabulary();
    tokenizer
        .preTokenizer()
        .ifPresentOrElse(
            pre -> row("pre-tokenizer", pre.names().getFirst()),
            () -> row("tokenizer", "SentencePiece"));
    row("tokens", Integer.toString(vocabulary.size()));
    row("BOS", show(tokenizer, vocabulary.bos(), tokenizer.addsBos() ? ", put before text" : ""));
    row("EOS", show(tokenizer, vocabulary.eos(), tokenizer.addsEos() ? ", put after text" : ""));
    var ends = new StringBuilder();
    for (int id : vocabulary.endOfGeneration()) {
      ends.append(ends.isEmpty() ? "" : ", ").append(show(tokenizer, OptionalInt.of(id), ""));
    }
    row("answer ends at", ends.isEmpty() ? "no token" : ends.toString());
    tokenizer.warnings().forEach(warning -> row("warning", warning));
  }

  private void writeTypes(ModelReport report) {
    heading("sizes by type");
    for (var total : report.types()) {
      out.printf(
          "  %-14s %12s  %10s  %s\n",
          total.type(),
          Text.bytes(total.bytes()),
          Text.count(total.elements()),
          Text.plural(total.tensors(), "tensor"));
    }
  }

  private void writeMemory(MemoryPlan plan, boolean mapped) {
    heading("memory to run with a context of %d tokens".formatted(plan.contextTokens()));
    size("weights", plan.mappedBytes(), mapped ? "the file, mapped" : "a copy of the file");
    size("norms", plan.copiedBytes(), "copied as float32");
    size("KV cache", plan.kvBytes(), EnumNames.of(plan.kvType()) + ", when the context is full");
    size("RoPE tables", plan.ropeBytes(), "");
    plan.scratchBytes()
        .ifPresent(
            bytes ->
                size(
                    "scratch",
                    bytes,
                    "of the engine, with " + Text.plural(plan.threads(), "thread")));
    size(
        "total",
        plan.totalBytes(),
        plan.scratchBytes().isPresent()
            ? ""
            : "and scratch memory of the engine, which cannot be told here");
    plan.requantizedHeadBytes()
        .forEach(
            (type, bytes) ->
                size(
                    type + " head",
                    bytes,
                    "more, with --head-type %s, which is lossy".formatted(EnumNames.of(type))));
    size("screened head", plan.screenedHeadBytes(), "more, with --screened-head");
  }

  private void writeMetadata(GgufMetadata metadata) {
    var entries = metadata.entries();
    heading("metadata, " + (entries.size() == 1 ? "1 key" : entries.size() + " keys"));
    int width = entries.stream().mapToInt(entry -> entry.key().length()).max().orElse(0);
    for (var entry : entries) {
      out.printf(
          "  %-" + Math.max(1, width) + "s  %s\n", Text.escape(entry.key()), show(metadata, entry));
    }
  }

  private void writeTensors(ModelReport report) {
    var tensors = report.file().tensors();
    heading(Text.plural(tensors.size(), "tensor"));
    int width = tensors.stream().mapToInt(tensor -> tensor.name().length()).max().orElse(0);
    for (GgufTensor tensor : tensors) {
      out.printf(
          "  %-" + Math.max(1, width) + "s  %-6s %12s  %s\n",
          Text.escape(tensor.name()),
          tensor.typeName(),
          Text.bytes(tensor.byteSize()),
          tensor.shape().stream().map(Object::toString).collect(Collectors.joining(" × ")));
    }
  }

  private static String show(Tokenizer tokenizer, OptionalInt id, String more) {
    return id.isEmpty()
        ? "none"
        : "%d %s%s"
            .formatted(id.getAsInt(), Text.quote(tokenizer.vocabulary().text(id.getAsInt())), more);
  }

  private static String show(GgufMetadata metadata, GgufMetadata.Entry entry) {
    String values = values(metadata, entry);
    if (entry.elementType().isEmpty()) {
      return values;
    }
    return "%d × %s [%s%s]"
        .formatted(
            entry.count(),
            entry.elementType().get().name().toLowerCase(Locale.ROOT),
            values,
            entry.count() > ARRAY_ELEMENTS ? ", …" : "");
  }

  private static String values(GgufMetadata metadata, GgufMetadata.Entry entry) {
    try {
      return metadata.values(entry, ARRAY_ELEMENTS).stream()
          .map(ModelReportText::show)
          .collect(Collectors.joining(", "));
    } catch (GgufFormatException e) {
      return "cannot be shown: " + e.getMessage();
    }
  }

  private static String show(Object value) {
    return value instanceof String string
        ? Text.quote(Text.shorten(string, STRING_CHARACTERS))
        : value.toString();
  }

  private void heading(String title) {
    out.print("\n" + title + "\n");
  }

  private void row(String name, String value) {
    out.printf("  %-14s %s\n", name, value);
  }

  private void size(String name, long bytes, String note) {
    out.println(Text.format("  %-14s %12s  %s", name, Text.bytes(bytes), note).stripTrailing());
  }
}
