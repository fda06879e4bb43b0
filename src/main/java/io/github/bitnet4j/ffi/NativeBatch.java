package io.github.bitnet4j.ffi;

import io.github.bitnet4j.bindings.bn_batch;
import io.github.bitnet4j.bindings.bn_tap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Tokens to process together, in native memory that is filled again and again. One caller at a
 * time.
 */
public final class NativeBatch {
  private final Arena arena;
  private final MemorySegment struct;
  private final MemorySegment tokens;
  private final MemorySegment positions;
  private final MemorySegment sequences;
  private final MemorySegment wantLogits;
  private final MemorySegment pages;
  private final int maxTokens;
  private final int pagesPerSequence;
  private int size;

  /**
   * Allocates room in {@code arena}, which must outlive every use.
   *
   * @param maxSequences rows of the page table
   * @param pagesPerSequence columns of the page table
   */
  public NativeBatch(Arena arena, int maxTokens, int maxSequences, int pagesPerSequence) {
    this.arena = arena;
    this.maxTokens = maxTokens;
    this.pagesPerSequence = pagesPerSequence;
    struct = bn_batch.allocate(arena);
    tokens = arena.allocate(ValueLayout.JAVA_INT, maxTokens);
    positions = arena.allocate(ValueLayout.JAVA_INT, maxTokens);
    sequences = arena.allocate(ValueLayout.JAVA_INT, maxTokens);
    wantLogits = arena.allocate(ValueLayout.JAVA_BYTE, maxTokens);
    pages = arena.allocate(ValueLayout.JAVA_INT, (long) maxSequences * pagesPerSequence);
    pages.fill((byte) -1);
    bn_batch.size(struct, (int) bn_batch.sizeof());
    bn_batch.tokens(struct, tokens);
    bn_batch.positions(struct, positions);
    bn_batch.sequences(struct, sequences);
    bn_batch.want_logits(struct, wantLogits);
    bn_batch.pages(struct, pages);
    bn_batch.n_sequences(struct, maxSequences);
    bn_batch.pages_per_sequence(struct, pagesPerSequence);
    bn_batch.taps(struct, MemorySegment.NULL);
    bn_batch.taps_bytes(struct, 0);
  }

  /** Forgets the tokens; the page table and the taps stay. */
  public void clear() {
    size = 0;
  }

  /** Appends a token; throws {@link IndexOutOfBoundsException} when the batch is full. */
  public void add(int token, int position, int sequence, boolean wantsLogits) {
    if (size == maxTokens) {
      throw new IndexOutOfBoundsException("the batch holds " + maxTokens + " tokens at most");
    }
    tokens.setAtIndex(ValueLayout.JAVA_INT, size, token);
    positions.setAtIndex(ValueLayout.JAVA_INT, size, position);
    sequences.setAtIndex(ValueLayout.JAVA_INT, size, sequence);
    wantLogits.set(ValueLayout.JAVA_BYTE, size, (byte) (wantsLogits ? 1 : 0));
    size++;
  }

  /** Number of tokens added. */
  public int size() {
    return size;
  }

  /** Names the KV page of a sequence's positions {@code index * PAGE_TOKENS} onwards. */
  public void setPage(int sequence, int index, int page) {
    pages.setAtIndex(ValueLayout.JAVA_INT, (long) sequence * pagesPerSequence + index, page);
  }

  /** Asks the coming forward passes for copies of intermediate results. */
  public void setTaps(List<Tap> taps) {
    MemorySegment array = bn_tap.allocateArray(taps.size(), arena);
    for (int i = 0; i < taps.size(); i++) {
      MemorySegment tap = bn_tap.asSlice(array, i);
      bn_tap.op(tap, taps.get(i).op());
      bn_tap.layer(tap, taps.get(i).layer());
      bn_tap.data(tap, taps.get(i).data());
      bn_tap.bytes(tap, taps.get(i).data().byteSize());
    }
    bn_batch.taps(struct, array);
    bn_batch.taps_bytes(struct, array.byteSize());
  }

  /**
   * Says how many of the highest logits the coming forward passes are run for; 0 for all. Others
   * may come out as negative infinity.
   */
  public void setHighest(int count) {
    bn_batch.highest(struct, count);
  }

  MemorySegment struct() {
    bn_batch.n_tokens(struct, size);
    return struct;
  }
}
