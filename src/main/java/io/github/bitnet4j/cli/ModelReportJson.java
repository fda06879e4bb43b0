package io.github.bitnet4j.cli;

import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufMetadata;
import io.github.bitnet4j.gguf.GgufTensor;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.text.ChatTemplates;
import io.github.bitnet4j.text.Tokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A {@link ModelReport} for programs: maps, lists and scalars. */
final class ModelReportJson {
  private ModelReportJson() {}

  static Map<String, Object> of(ModelReport report) {
    var tree = new LinkedHashMap<String, Object>();
    var file = report.file();
    tree.put("file", file.name());
    tree.put("parts", file.parts().stream().map(part -> part.name()).toList());
    tree.put("format_version", file.version());
    tree.put("alignment", file.alignment());
    tree.put("bytes", file.byteSize());
    tree.put("tensor_bytes", report.tensorBytes());
    tree.put("parameters", report.parameters());
    tree.put("runnable", report.obstacles().isEmpty());
    tree.put("obstacles", report.obstacles());
    report.hyperparameters().ifPresent(h -> tree.put("hyperparameters", of(h)));
    report.tokenizer().ifPresent(tokenizer -> tree.put("tokenizer", of(tokenizer)));
    report.template().ifPresent(choice -> tree.put("chat_template", of(choice)));
    tree.put("types", report.types().stream().map(ModelReportJson::of).toList());
    report.memory().ifPresent(plan -> tree.put("memory", of(plan)));
    tree.put("metadata", of(file.metadata()));
    tree.put("tensors", file.tensors().stream().map(ModelReportJson::of).toList());
    return tree;
  }

  private static Map<String, Object> of(Hyperparameters h) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("architecture", h.architecture().key());
    tree.put("activation", h.activation().name().toLowerCase(Locale.ROOT));
    tree.put("layers", h.layers());
    tree.put("embedding_length", h.embd());
    tree.put("feed_forward_length", h.ff());
    tree.put("heads", h.heads());
    tree.put("kv_heads", h.kvHeads());
    tree.put("head_length", h.headDim());
    tree.put("vocabulary", h.vocab());
    tree.put("context_length", h.contextLength());
    tree.put("rms_epsilon", h.rmsEpsilon());
    tree.put("rope_base", h.ropeBase());
    tree.put("rope_scale", h.ropeScale());
    return tree;
  }

  private static Map<String, Object> of(Tokenizer tokenizer) {
    var vocabulary = tokenizer.vocabulary();
    var tree = new LinkedHashMap<String, Object>();
    tokenizer.preTokenizer().ifPresent(pre -> tree.put("pre_tokenizer", pre.names().getFirst()));
    tree.put("tokens", vocabulary.size());
    vocabulary.bos().ifPresent(id -> tree.put("bos", id));
    vocabulary.eos().ifPresent(id -> tree.put("eos", id));
    vocabulary.eot().ifPresent(id -> tree.put("eot", id));
    tree.put("adds_bos", tokenizer.addsBos());
    tree.put("adds_eos", tokenizer.addsEos());
    tree.put("end_of_generation", vocabulary.endOfGeneration());
    tree.put("warnings", tokenizer.warnings());
    return tree;
  }

  private static Map<String, Object> of(ChatTemplates.Choice choice) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("name", choice.template().name());
    choice.note().ifPresent(note -> tree.put("note", note));
    return tree;
  }

  private static Map<String, Object> of(ModelReport.TypeTotal total) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("type", total.type());
    tree.put("tensors", total.tensors());
    tree.put("elements", total.elements());
    tree.put("bytes", total.bytes());
    return tree;
  }

  private static Map<String, Object> of(MemoryPlan plan) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("context_tokens", plan.contextTokens());
    tree.put("mapped_bytes", plan.mappedBytes());
    tree.put("copied_bytes", plan.copiedBytes());
    tree.put("kv_bytes", plan.kvBytes());
    tree.put("kv_type", EnumNames.of(plan.kvType()));
    tree.put("rope_bytes", plan.ropeBytes());
    tree.put("threads", plan.threads());
    tree.put(
        "scratch_bytes", plan.scratchBytes().isPresent() ? plan.scratchBytes().getAsLong() : null);
    var heads = new LinkedHashMap<String, Object>();
    plan.requantizedHeadBytes().forEach((type, bytes) -> heads.put(EnumNames.of(type), bytes));
    tree.put("requantized_head_bytes", heads);
    tree.put("screened_head_bytes", plan.screenedHeadBytes());
    tree.put("total_bytes", plan.totalBytes());
    return tree;
  }

  private static Map<String, Object> of(GgufMetadata metadata) {
    var tree = new LinkedHashMap<String, Object>();
    for (var entry : metadata.entries()) {
      tree.put(entry.key(), of(metadata, entry));
    }
    return tree;
  }

  private static Map<String, Object> of(GgufMetadata metadata, GgufMetadata.Entry entry) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("type", entry.type().name().toLowerCase(Locale.ROOT));
    entry
        .elementType()
        .ifPresent(type -> tree.put("element_type", type.name().toLowerCase(Locale.ROOT)));
    try {
      List<Object> values = metadata.values(entry, Integer.MAX_VALUE);
      tree.put("value", entry.elementType().isPresent() ? values : values.getFirst());
    } catch (GgufFormatException e) {
      tree.put("error", e.getMessage());
    }
    return tree;
  }

  private static Map<String, Object> of(GgufTensor tensor) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("name", tensor.name());
    tree.put("type", tensor.typeName());
    tree.put("shape", tensor.shape());
    tree.put("part", tensor.part());
    tree.put("offset", tensor.offset());
    tree.put("bytes", tensor.byteSize());
    return tree;
  }
}
