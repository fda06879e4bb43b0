package io.github.bitnet4j.cli;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.generate.FinishReason;
import io.github.bitnet4j.generate.GenerateOptions;
import io.github.bitnet4j.generate.Generation;
import io.github.bitnet4j.generate.GenerationStatistics;
import io.github.bitnet4j.generate.Piece;
import io.github.bitnet4j.sampling.TokenLogprob;
import io.github.bitnet4j.sampling.TokenLogprobs;
import io.github.bitnet4j.text.Vocabulary;
import io.github.bitnet4j.tools.ToolAnswer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** All there is to say of a generated text, as JSON. */
final class RunJson {
  private final BitNetModel model;
  private final GenerateOptions options;
  private final Optional<OfferedTools> tools;
  private final StringBuilder text = new StringBuilder();
  private final List<Integer> tokens = new ArrayList<>();
  private final List<Object> logprobs = new ArrayList<>();

  RunJson(BitNetModel model, GenerateOptions options, Optional<OfferedTools> tools) {
    this.tools = tools;
    this.model = model;
    this.options = options;
  }

  /** Takes the next piece of the text. */
  void add(Piece piece) {
    text.append(piece.text());
    if (piece.token() != Piece.NO_TOKEN) {
      tokens.add(piece.token());
    }
    piece.logprobs().map(this::tree).ifPresent(logprobs::add);
  }

  /** The object, on one line, for a generation that has ended. */
  String line(Generation generation, long loadNanos) {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("model", model.model().file().name());
    tree.put("kernel", model.model().kernel().name());
    tree.put("seed", options.sampling().seed().orElseThrow());
    tree.put("text", text.toString());
    tools.ifPresent(t -> putCalls(t, tree));
    tree.put("tokens", tokens);
    tree.put(
        "finish_reason",
        EnumNames.of(generation.finishReason().orElse(FinishReason.CANCELLED)).replace('-', '_'));
    generation.stopString().ifPresent(stop -> tree.put("stop_string", stop));
    if (options.constraint().isPresent()) {
      tree.put("complete", generation.isComplete());
    }
    var cost = generation.statistics();
    tree.put("usage", usage(cost));
    tree.put("timings", timings(cost, loadNanos));
    if (options.logprobs().isPresent()) {
      tree.put("logprobs", logprobs);
      if (options.logprobs().get().prompt()) {
        tree.put("prompt_logprobs", promptLogprobs(generation));
      }
    }
    return Json.line(tree);
  }

  private void putCalls(OfferedTools offered, Map<String, Object> tree) {
    try {
      var answer = ToolAnswer.parse(offered.form(), text.toString(), 0);
      tree.put("content", answer.content());
      tree.put("tool_calls", OfferedTools.toTree(answer.calls()));
    } catch (IllegalArgumentException e) {
      tree.put("tool_call_error", e.getMessage());
    }
  }

  private static Map<String, Object> usage(GenerationStatistics cost) {
    var usage = new LinkedHashMap<String, Object>();
    usage.put("prompt_tokens", cost.promptTokens());
    usage.put("completion_tokens", cost.generatedTokens());
    usage.put("total_tokens", cost.promptTokens() + cost.generatedTokens());
    return usage;
  }

  private static Map<String, Object> timings(GenerationStatistics cost, long loadNanos) {
    var timings = new LinkedHashMap<String, Object>();
    timings.put("load_ms", millis(loadNanos));
    timings.put("prompt_ms", millis(cost.promptNanos()));
    timings.put("prompt_per_second", cost.promptTokensPerSecond());
    timings.put("predicted_ms", millis(cost.generateNanos()));
    timings.put("predicted_per_second", cost.generatedTokensPerSecond());
    return timings;
  }

  /** To the microsecond. */
  private static double millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0;
  }

  private List<Object> promptLogprobs(Generation generation) {
    int[] prompt = generation.prompt();
    var trees = new ArrayList<Object>();
    for (Optional<TokenLogprobs> one : generation.promptLogprobs()) {
      int token = prompt[trees.size()];
      trees.add(one.map(this::tree).orElseGet(() -> TokenJson.of(token, vocabulary())));
    }
    return trees;
  }

  private Map<String, Object> tree(TokenLogprobs token) {
    var tree = tree(token.chosen());
    tree.put("top_logprobs", token.top().stream().map(this::tree).toList());
    return tree;
  }

  /** JSON has no infinity: what is impossible has the log-probability null. */
  private Map<String, Object> tree(TokenLogprob token) {
    var tree = TokenJson.of(token.token(), vocabulary());
    tree.put("logprob", Double.isFinite(token.logprob()) ? token.logprob() : null);
    return tree;
  }

  private Vocabulary vocabulary() {
    return model.tokenizer().vocabulary();
  }
}
