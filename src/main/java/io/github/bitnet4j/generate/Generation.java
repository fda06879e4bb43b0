package io.github.bitnet4j.generate;

import io.github.bitnet4j.constraint.Constraint;
import io.github.bitnet4j.constraint.ConstraintMatcher;
import io.github.bitnet4j.sampling.Logprobs;
import io.github.bitnet4j.sampling.SamplerChain;
import io.github.bitnet4j.sampling.SamplingOptions;
import io.github.bitnet4j.sampling.TokenLogprobs;
import io.github.bitnet4j.session.ContextLimitException;
import io.github.bitnet4j.session.PrefillMonitor;
import io.github.bitnet4j.text.ControlTokens;
import io.github.bitnet4j.text.TokenStream;
import io.github.bitnet4j.text.TokenType;
import io.github.bitnet4j.text.Tokenizer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Text on its way, pulled piece by piece: as an {@link Iterable}, as a {@link #stream}, or all at
 * once with {@link #text}. The work is done by the pulling thread, when it pulls; the prompt is
 * processed by the first pull.
 *
 * <p>A generation uses its session until it has ended. Leaving the loop early is fine: the session
 * then holds the tokens processed so far, as it does after a stop string, whose last token is not
 * processed any more. It can be run through once. Only {@link #cancel} may be called from another
 * thread.
 */
public final class Generation implements Iterable<Piece> {
  private final TextSession session;
  private final int[] prompt;
  private final int reusedTokens;
  private final GenerateOptions options;
  private final Tokenizer tokenizer;
  private final TokenStream text;
  private final StopStrings stops;
  private final SamplerChain sampler;

  /** How many of the highest logits the choice of a token takes; 0 for all. */
  private final int neededLogits;

  private final Optional<Logprobs> logprobs;
  private final Optional<ConstraintMatcher> matcher;
  private final List<Optional<TokenLogprobs>> promptLogprobs = new ArrayList<>();

  private final Queue<Piece> ready = new ArrayDeque<>(2);
  private boolean iterated;
  private boolean prompted;
  private int last = Piece.NO_TOKEN;
  private FinishReason finishReason;
  private volatile boolean cancelled;
  private PrefillMonitor promptMonitor = PrefillMonitor.NONE;

  private int promptTokens;
  private long promptNanos;
  private int generatedTokens;
  private long generateNanos;

  Generation(
      TextSession session,
      Tokenizer tokenizer,
      int[] prompt,
      int reusedTokens,
      GenerateOptions options) {
    this.session = session;
    this.tokenizer = tokenizer;
    this.prompt = prompt;
    this.reusedTokens = reusedTokens;
    this.options = options;
    int[] before = prompt.length > 0 ? prompt : session.tokens();
    text = tokenizer.newStreamAfter(before[before.length - 1], ControlTokens.OMIT);
    stops = new StopStrings(options.stopStrings());
    matcher = options.constraint().map(c -> newMatcher(c, tokenizer, before[before.length - 1]));
    SamplingOptions sampling = samplingOptions(options, tokenizer);
    var chain = sampling.newChain(tokenizer.vocabulary()::bytes);
    neededLogits = neededLogits(options, sampling);
    sampler = matcher.map(m -> chain.after(c -> m.keepAllowed(c, tokensAfterNext()))).orElse(chain);
    logprobs = options.logprobs().map(wanted -> new Logprobs(wanted.top()));
  }

  private static int neededLogits(GenerateOptions options, SamplingOptions sampling) {
    boolean all =
        options.constraint().isPresent()
            || options.logprobs().filter(wanted -> !wanted.afterSampling()).isPresent();
    return all ? 0 : sampling.decidingLogits().orElse(0);
  }

  private MemorySegment logits() {
    return neededLogits > 0 ? session.highestLogits(neededLogits) : session.logits();
  }

  private static ConstraintMatcher newMatcher(
      Constraint constraint, Tokenizer tokenizer, int previousToken) {
    if (!constraint.isFor(tokenizer)) {
      throw new IllegalArgumentException(
          "the constraint was compiled for another model; compile it for this one");
    }
    return constraint.newMatcherAfter(previousToken);
  }

  /** How many tokens there is room for after the next. */
  private long tokensAfterNext() {
    long context = session.contextLength() - session.position();
    return options.maxTokens() == 0
        ? context
        : Math.min(context, options.maxTokens() - generatedTokens - 1);
  }

  /** With tokens that end the answer ruled out if they are to be ignored. */
  private static SamplingOptions samplingOptions(GenerateOptions options, Tokenizer tokenizer) {
    SamplingOptions sampling = options.sampling();
    for (int id : sampling.logitBias().keySet()) {
      tokenizer.vocabulary().text(id); // refuses what is outside the vocabulary
    }
    if (!options.ignoreEnd()) {
      return sampling;
    }
    var biases = new HashMap<>(sampling.logitBias());
    for (int id : tokenizer.vocabulary().endOfGeneration()) {
      biases.put(id, Float.NEGATIVE_INFINITY);
    }
    return sampling.withLogitBias(biases);
  }

  /**
   * Has {@code monitor} watch the prompt being processed, by the first pull; it may cancel the
   * generation by stopping there.
   *
   * @return this generation
   */
  public Generation onPrompt(PrefillMonitor monitor) {
    promptMonitor = monitor;
    return this;
  }

  /**
   * The pieces, in order. Pulling throws {@link ContextLimitException} if the prompt does not fit,
   * and whatever the session throws.
   *
   * @throws IllegalStateException the second time
   */
  @Override
  public Iterator<Piece> iterator() {
    if (iterated) {
      throw new IllegalStateException("a generation can be run through once");
    }
    iterated = true;
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (ready.isEmpty() && finishReason == null) {
          step();
        }
        return !ready.isEmpty();
      }

      @Override
      public Piece next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the generation has ended: " + finishReason);
        }
        return ready.remove();
      }
    };
  }

  /** The pieces as a sequential stream; see {@link #iterator}. */
  public Stream<Piece> stream() {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  /** Generates to the end and returns all of the text. */
  public String text() {
    return stream().map(Piece::text).collect(Collectors.joining());
  }

  /** Ends the generation before its next step, or between two batches of the prompt. Any thread. */
  public void cancel() {
    cancelled = true;
  }

  /** Why the generation ended; empty while it has not. */
  public Optional<FinishReason> finishReason() {
    return Optional.ofNullable(finishReason);
  }

  /** The stop string that ended it; empty unless that is the {@link #finishReason}. */
  public Optional<String> stopString() {
    return stops.found();
  }

  /**
   * Whether the text so far, as the tokens chosen have it, is a whole one of the constraint; true
   * if there is none. A constrained text that was cut short, by {@link FinishReason#LENGTH} for
   * one, need not be complete.
   */
  public boolean isComplete() {
    return matcher.map(ConstraintMatcher::isComplete).orElse(true);
  }

  /** The tokens that are processed first: those of the prompt that the session did not hold. */
  public int[] prompt() {
    return prompt.clone();
  }

  /**
   * Log-probabilities of the tokens of {@link #prompt}, in order, as far as they were processed;
   * none unless {@link LogprobOptions#prompt} asks for them. The first token of a session has none,
   * as nothing came before it, and the first after a {@linkplain TextSession#rewind rewind} or an
   * unfinished prompt neither, as the session holds no logits then.
   */
  public List<Optional<TokenLogprobs>> promptLogprobs() {
    return List.copyOf(promptLogprobs);
  }

  /** What it has cost so far. */
  public GenerationStatistics statistics() {
    return new GenerationStatistics(
        reusedTokens, promptTokens, promptNanos, generatedTokens, generateNanos);
  }

  /** One token: process what came before it, choose it, and emit its text. */
  private void step() {
    if (cancelled) {
      finish(FinishReason.CANCELLED);
    } else if (!prompted) {
      processPrompt();
    } else if (last != Piece.NO_TOKEN && session.position() == session.contextLength()) {
      finish(FinishReason.CONTEXT_FULL);
    } else {
      generate();
    }
  }

  private void processPrompt() {
    long start = System.nanoTime();
    int before = session.position();
    PrefillMonitor monitor = (done, total) -> promptMonitor.proceed(done, total) && !cancelled;
    boolean complete =
        prompt.length == 0
            || (options.logprobs().filter(LogprobOptions::prompt).isPresent()
                ? evaluatePrompt(monitor)
                : session.prefill(prompt, neededLogits, monitor));
    for (int token : session.tokens()) {
      sampler.accept(token);
    }
    promptTokens = session.position() - before;
    promptNanos = System.nanoTime() - start;
    prompted = true;
    if (!complete) {
      finish(FinishReason.CANCELLED);
    }
  }

  /** As {@link TextSession#prefill} does, but with the log-probabilities of every token. */
  private boolean evaluatePrompt(PrefillMonitor monitor) {
    if (prompt.length > session.contextLength() - session.position()) {
      session.prefill(prompt); // which says so, before anything has changed
    }
    promptLogprobs.add(
        session.hasLogits()
            ? logprobs.map(all -> all.of(session.logits(), prompt[0]))
            : Optional.empty());
    int step = session.options().batchTokens();
    for (int from = 0; from < prompt.length; from += step) {
      int to = Math.min(from + step, prompt.length);
      int first = from;
      session.evaluate(
          Arrays.copyOfRange(prompt, from, to),
          (i, logits) -> {
            int next = first + i + 1;
            if (next < prompt.length) {
              promptLogprobs.add(logprobs.map(all -> all.of(logits, prompt[next])));
            }
          });
      if (!monitor.proceed(to, prompt.length) && to < prompt.length) {
        return false;
      }
    }
    return true;
  }

  private void generate() {
    long start = System.nanoTime();
    if (last != Piece.NO_TOKEN) {
      session.prefill(new int[] {last}, neededLogits, PrefillMonitor.NONE);
      last = Piece.NO_TOKEN;
    }
    if (generatedTokens == 0 && matcher.filter(ConstraintMatcher::isFinished).isPresent()) {
      finish(FinishReason.STOP);
    } else if (options.maxTokens() > 0 && generatedTokens == options.maxTokens()) {
      finish(FinishReason.LENGTH);
    } else {
      int token = sampler.sample(logits());
      if (!options.ignoreEnd() && tokenizer.vocabulary().isEndOfGeneration(token)) {
        finish(FinishReason.STOP);
      } else {
        Optional<TokenLogprobs> tokenLogprobs = logprobsOf(token);
        sampler.accept(token);
        matcher.ifPresent(m -> m.accept(token));
        last = token;
        generatedTokens++;
        String written = text.accept(token) + named(token);
        ready.add(new Piece(token, stops.accept(written), tokenLogprobs));
        if (stops.found().isPresent()) {
          finish(FinishReason.STOP_STRING);
        } else if (matcher.filter(ConstraintMatcher::isFinished).isPresent()) {
          finish(FinishReason.STOP);
        }
      }
    }
    generateNanos += System.nanoTime() - start;
  }

  /** The text of a control token that the constraint names; other control tokens have none. */
  private String named(int token) {
    boolean shown =
        options.constraint().filter(c -> c.names(token)).isPresent()
            && tokenizer.vocabulary().type(token) == TokenType.CONTROL;
    return shown ? tokenizer.decode(ControlTokens.SHOW, token) : "";
  }

  private Optional<TokenLogprobs> logprobsOf(int token) {
    return options
        .logprobs()
        .map(
            wanted ->
                wanted.afterSampling()
                    ? sampler.logprobs(wanted.top())
                    : logprobs.orElseThrow().of(session.logits(), token));
  }

  private void finish(FinishReason reason) {
    String rest = stops.accept(text.finish()) + stops.finish();
    finishReason = stops.found().isPresent() ? FinishReason.STOP_STRING : reason;
    if (!rest.isEmpty()) {
      ready.add(new Piece(Piece.NO_TOKEN, rest, Optional.empty()));
    }
  }
}
