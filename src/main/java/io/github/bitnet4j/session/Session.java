package io.github.bitnet4j.session;

import io.github.bitnet4j.ffi.NativeBatch;
import io.github.bitnet4j.ffi.NativeKv;
import io.github.bitnet4j.ffi.Tap;
import io.github.bitnet4j.model.Hyperparameters;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.Workspace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;

/**
 * A sequence of tokens and the model's state after them: tokens go in, logits come out.
 *
 * <p>A session belongs to one caller at a time; a second thread that enters while a call runs gets
 * an {@link IllegalStateException}. It may be handed from thread to thread, platform or virtual.
 * The model stays usable until its last session is closed, even when the model is closed first.
 *
 * <p>How tokens are split over calls makes no difference to the logits: they are equal bit for bit.
 */
public class Session implements AutoCloseable {
  /** Tokens {@link #evaluate} computes together, if the batch allows: a bound on its memory. */
  public static final int EVALUATE_TOKENS = 16;

  private final Model model;
  private final SessionOptions options;
  private final Workspace workspace;
  private final NativeBatch batch;
  private final MemorySegment logits;
  private final int[] tokens;
  private final AtomicBoolean busy = new AtomicBoolean();
  private int position;

  /** How many of the highest logits are right; 0 when there are none, vocabulary size for all. */
  private int exactLogits;

  private volatile boolean closed;

  /**
   * Opens an empty session.
   *
   * @throws IllegalStateException if the model is closed
   */
  public Session(Model model, SessionOptions options) {
    this.model = model;
    this.options = options;
    Hyperparameters h = model.hyperparameters();
    int contextLength =
        options.contextLength() > 0
            ? options.contextLength()
            : Math.min(h.contextLength(), SessionOptions.DEFAULT_CONTEXT_LIMIT);
    workspace =
        new Workspace(
            model,
            Math.min(options.batchTokens(), contextLength),
            contextLength,
            1,
            options.kvType());
    batch = workspace.batch();
    logits = workspace.logits();
    tokens = new int[contextLength];
  }

  /** The model this session runs. */
  public final Model model() {
    return model;
  }

  /** The options it was opened with. */
  public final SessionOptions options() {
    return options;
  }

  /** Tokens in the session: the position the next token will take. */
  public final int position() {
    return position;
  }

  /** The most tokens the session can hold. */
  public final int contextLength() {
    return tokens.length;
  }

  /** A copy of the tokens in the session. */
  public final int[] tokens() {
    return Arrays.copyOf(tokens, position);
  }

  /**
   * Appends tokens and computes the logits of the last one.
   *
   * @return {@link #logits()}
   * @throws ContextLimitException if they do not fit; the session is unchanged
   * @throws IllegalArgumentException if there are none, or an id lies outside the vocabulary; the
   *     session is unchanged
   */
  public final MemorySegment prefill(int... newTokens) {
    prefill(newTokens, PrefillMonitor.NONE);
    return logits();
  }

  /**
   * Appends tokens in batches, asking {@code monitor} after each whether to go on.
   *
   * @return whether all tokens were processed; only then are there {@link #logits()}
   */
  public final boolean prefill(int[] newTokens, PrefillMonitor monitor) {
    return prefill(newTokens, 0, monitor);
  }

  /**
   * Appends tokens in batches, for {@link #highestLogits} of so many: less work when the model was
   * loaded with a screened head. {@link #logits()} computes the others when it is called.
   *
   * @param highest how many of the highest logits are needed; 0 for all
   * @return whether all tokens were processed; only then are there logits
   */
  public final boolean prefill(int[] newTokens, int highest, PrefillMonitor monitor) {
    enter();
    try {
      check(newTokens);
      exactLogits = 0;
      int done = 0;
      while (done < newTokens.length) {
        int count = Math.min(options.batchTokens(), newTokens.length - done);
        boolean last = done + count == newTokens.length;
        fill(newTokens, done, count, i -> last && i == count - 1);
        forward(last ? logits : MemorySegment.NULL, highest);
        append(newTokens, done, count);
        done += count;
        if (!monitor.proceed(done, newTokens.length) && !last) {
          return false;
        }
      }
      exactLogits = exactAfter(highest);
      return true;
    } finally {
      busy.set(false);
    }
  }

  /**
   * Appends one token and computes its logits.
   *
   * @return {@link #logits()}
   * @throws ContextLimitException if the context is full; the session is unchanged
   */
  public final MemorySegment decode(int token) {
    return prefill(token);
  }

  /**
   * Appends tokens and hands over the logits of every one of them.
   *
   * @throws ContextLimitException if they do not fit; the session is unchanged
   */
  public final void evaluate(int[] newTokens, LogitsConsumer consumer) {
    enter();
    try (Arena rows = Arena.ofConfined()) {
      check(newTokens);
      exactLogits = 0;
      int step = Math.min(Math.min(EVALUATE_TOKENS, options.batchTokens()), newTokens.length);
      long rowBytes = logits.byteSize();
      MemorySegment all = rows.allocate(Math.multiplyExact(rowBytes, step), Float.BYTES);
      for (int done = 0; done < newTokens.length; done += step) {
        int count = Math.min(step, newTokens.length - done);
        fill(newTokens, done, count, i -> true);
        forward(all, 0);
        append(newTokens, done, count);
        for (int i = 0; i < count; i++) {
          consumer.accept(done + i, all.asSlice(i * rowBytes, rowBytes).asReadOnly());
        }
        MemorySegment.copy(all, (count - 1) * rowBytes, logits, 0, rowBytes);
      }
      exactLogits = vocabulary();
    } finally {
      busy.set(false);
    }
  }

  /**
   * The logits of the last token: vocabulary-size floats, read-only, valid until the next call that
   * changes the session.
   *
   * @throws IllegalStateException if there are none: nothing was computed yet, or the session was
   *     rewound
   */
  public final MemorySegment logits() {
    return highestLogits(vocabulary());
  }

  /**
   * The logits of the last token, as {@link #logits()}, but for the highest {@code count} only:
   * lower ones may be negative infinity. Those equal to the lowest of the highest are there too.
   */
  public final MemorySegment highestLogits(int count) {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
    if (exactLogits == 0) {
      throw new IllegalStateException(
          "there are no logits at position " + position + ": prefill or decode a token first");
    }
    if (exactLogits < Math.min(count, vocabulary())) {
      computeAllLogits();
    }
    return logits.asReadOnly();
  }

  /** Whether there are {@link #logits} of the last token. */
  public final boolean hasLogits() {
    return exactLogits > 0 && !closed;
  }

  /**
   * Forgets the tokens from {@code newPosition} on. Costs nothing.
   *
   * @throws IllegalArgumentException if it lies beyond {@link #position()} or below 0
   */
  public final void rewind(int newPosition) {
    enter();
    try {
      if (newPosition < 0 || newPosition > position) {
        throw new IllegalArgumentException(
            "cannot rewind to position %d: the session is at %d".formatted(newPosition, position));
      }
      if (newPosition < position) {
        position = newPosition;
        exactLogits = 0;
      }
    } finally {
      busy.set(false);
    }
  }

  /** A second session in the same state; the keys and values are copied. Close both. */
  public Session fork() {
    return copyInto(new Session(model, options));
  }

  /**
   * Makes {@code copy}, a fresh session with the same model and options, equal to this one; closes
   * it if that fails.
   */
  protected final <T extends Session> T copyInto(T fresh) {
    Session copy = fresh;
    boolean copied = false;
    enter();
    try {
      int pages = Math.ceilDiv(position, NativeKv.PAGE_TOKENS);
      for (int page = 0; page < pages; page++) {
        copy.workspace.kv().copyPage(page, workspace.kv(), page);
      }
      System.arraycopy(tokens, 0, copy.tokens, 0, position);
      copy.position = position;
      copy.exactLogits = exactLogits;
      copy.logits.copyFrom(logits);
      copied = true;
      return fresh;
    } finally {
      busy.set(false);
      if (!copied) {
        copy.close();
      }
    }
  }

  /**
   * Has the coming calls copy intermediate results; for checking an engine step by step.
   *
   * @param taps native buffers, alive as long as the session is used; an empty list ends it
   */
  public final void tap(List<Tap> taps) {
    enter();
    try {
      batch.setTaps(taps);
    } finally {
      busy.set(false);
    }
  }

  /** Native scratch memory, in bytes, without the KV cache. */
  public final long scratchBytes() {
    return workspace.scratchBytes();
  }

  /** Memory of the KV cache when the context is full, in bytes. */
  public final long kvBytes() {
    return workspace.kv().pageBytes() * Math.ceilDiv(contextLength(), NativeKv.PAGE_TOKENS);
  }

  /**
   * Frees the session's memory; closing twice is harmless.
   *
   * @throws IllegalStateException if another thread is using it; nothing is freed then
   */
  @Override
  public final void close() {
    if (closed) {
      return;
    }
    enter();
    closed = true;
    workspace.close();
  }

  private void enter() {
    if (closed) {
      throw new IllegalStateException("the session is closed");
    }
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "the session is in use by another thread; give every thread a session of its own");
    }
  }

  private void check(int[] newTokens) {
    if (newTokens.length == 0) {
      throw new IllegalArgumentException("there must be at least one token");
    }
    if (newTokens.length > tokens.length - position) {
      throw new ContextLimitException(position, newTokens.length, tokens.length);
    }
    int vocab = vocabulary();
    for (int i = 0; i < newTokens.length; i++) {
      if (newTokens[i] < 0 || newTokens[i] >= vocab) {
        throw new IllegalArgumentException(
            "token %d of %d has id %d; the vocabulary has 0 to %d"
                .formatted(i + 1, newTokens.length, newTokens[i], vocab - 1));
      }
    }
  }

  private void fill(int[] newTokens, int from, int count, IntPredicate wantsLogits) {
    batch.clear();
    for (int i = 0; i < count; i++) {
      batch.add(newTokens[from + i], position + i, 0, wantsLogits.test(i));
    }
  }

  private void forward(MemorySegment rows, int highest) {
    batch.setHighest(highest);
    workspace.forward(rows);
  }

  /** How many of the highest logits are right after a pass for {@code highest} of them. */
  private int exactAfter(int highest) {
    return workspace.headRows() < vocabulary() ? highest : vocabulary();
  }

  /** Processes the last token once more; its keys and values come out as they were. */
  private void computeAllLogits() {
    enter();
    try {
      batch.clear();
      batch.add(tokens[position - 1], position - 1, 0, true);
      forward(logits, 0);
      exactLogits = vocabulary();
    } finally {
      busy.set(false);
    }
  }

  private int vocabulary() {
    return model.hyperparameters().vocab();
  }

  private void append(int[] newTokens, int from, int count) {
    System.arraycopy(newTokens, from, tokens, position, count);
    position += count;
  }
}
