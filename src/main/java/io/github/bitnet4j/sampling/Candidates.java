package io.github.bitnet4j.sampling;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntPredicate;

/**
 * The tokens still in the running for one position, with their logits: a buffer loaded once per
 * token and reused, so that sampling allocates nothing.
 *
 * <p>Freshly loaded, the candidate at index i is token id i. Once sorted, the order is by falling
 * logit and, among equals, rising id. A NaN logit counts as −∞ and +∞ as the largest float. For one
 * thread.
 */
public final class Candidates {
  /**
   * Loading notes the highest logit of every column, which is every 2048th logit. The k highest
   * logits can only lie in columns whose highest is among the k highest of the columns.
   */
  private static final int COLUMNS = 2048;

  /** Up to one token in so many is ruled out by its logit instead of being removed. */
  private static final int MANY_OF = 4;

  private int vocabularySize;
  private int size;

  /** Token ids by index; not filled in while {@link #inIdOrder}, when the index is the id. */
  private int[] ids = new int[0];

  private float[] logits = new float[0];
  private boolean inIdOrder;
  private boolean sorted;

  private final float[] columnMaxima = new float[COLUMNS];
  private final int[] openColumns = new int[COLUMNS];
  private boolean hasColumnMaxima;

  private final HighestLogits found = new HighestLogits();

  /** How many of the highest are in {@link #found}, sorted. */
  private int foundCount;

  /** {@code exp(lᵢ − max l)} by index, and their sum. */
  private double[] weights = new double[0];

  private double totalWeight;
  private boolean hasWeights;

  /**
   * Makes every token of the vocabulary a candidate.
   *
   * @param source logits in token id order, float32 in native byte order; not changed
   * @throws IllegalArgumentException if {@code source} is empty or no whole number of floats, or if
   *     every logit is NaN or −∞, so that no token can follow
   */
  public void load(MemorySegment source) {
    long bytes = source.byteSize();
    if (bytes == 0 || bytes % Float.BYTES != 0 || bytes / Float.BYTES > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "Logits must be one float32 per token, but the segment has %d bytes".formatted(bytes));
    }
    int count = (int) (bytes / Float.BYTES);
    if (ids.length < count) {
      ids = new int[count];
      logits = new float[count];
    }
    vocabularySize = count;
    size = count;
    inIdOrder = true;
    sorted = false;
    forgetResults();
    copyWithColumnMaxima(source, count);
    float highest = Float.NEGATIVE_INFINITY;
    for (int column = 0; column < Math.min(count, COLUMNS); column++) {
      highest = Math.max(highest, columnMaxima[column]); // NaN if there is one
    }
    if (!(Math.abs(highest) < Float.POSITIVE_INFINITY)) {
      replaceNonFinite(count);
    }
  }

  /** The number of candidates left; at least 1 after a load. */
  public int size() {
    return size;
  }

  /** The number of tokens loaded: ids run from 0 to one less. */
  public int vocabularySize() {
    return vocabularySize;
  }

  /** The token id of the candidate at {@code index}. */
  public int id(int index) {
    return idAt(Objects.checkIndex(index, size));
  }

  private int idAt(int index) {
    return inIdOrder ? index : ids[index];
  }

  /** The logit of the candidate at {@code index}; never NaN or +∞. */
  public float logit(int index) {
    return logits[Objects.checkIndex(index, size)];
  }

  /** Replaces a logit; the order and the probabilities no longer hold. */
  public void setLogit(int index, float logit) {
    float old = logit(index);
    logits[index] = ordered(logit);
    sorted = size == 1;
    forgetResults();
    if (hasColumnMaxima) {
      updateColumnMaximum(index % COLUMNS, old, logits[index]);
    }
  }

  /** Divides every logit's distance from the highest by {@code divisor}, above 0. */
  public void scaleFromHighest(double divisor) {
    float highest = logits[indexOfHighest()];
    for (int i = 0; i < size; i++) {
      logits[i] = ordered((float) ((double) (logits[i] - highest) / divisor));
    }
    // A large divisor can round different logits to one value, so ids may now be out of order.
    sorted = false;
    hasColumnMaxima = false;
    forgetResults();
  }

  /** The index of a token id, or −1 if it is no longer a candidate. */
  public int indexOf(int id) {
    if (inIdOrder) {
      return id >= 0 && id < size ? id : -1;
    }
    for (int i = 0; i < size; i++) {
      if (ids[i] == id) {
        return i;
      }
    }
    return -1;
  }

  /** The index of the candidate with the highest logit; among equals the lowest id. */
  public int indexOfHighest() {
    if (sorted) {
      return 0;
    }
    if (hasColumnMaxima) {
      return highest(1).id(0);
    }
    int best = 0;
    for (int i = 1; i < size; i++) {
      if (logits[i] > logits[best] || logits[i] == logits[best] && idAt(i) < idAt(best)) {
        best = i;
      }
    }
    return best;
  }

  /** Sorts by falling logit, equal logits by rising id. */
  public void sort() {
    keepHighest(size);
  }

  /** Whether the candidates are sorted. */
  boolean isSorted() {
    return sorted;
  }

  /**
   * Keeps the {@code count} candidates with the highest logits, sorted; all of them if there are
   * fewer. Ties at the limit go to lower ids.
   */
  public void keepHighest(int count) {
    Range.check(count >= 1, "the number of candidates to keep", "at least 1", count);
    int kept = Math.min(count, size);
    if (!sorted) {
      if (foundCount < kept) {
        highest(kept);
      }
      for (int i = 0; i < kept; i++) {
        ids[i] = found.id(i);
        logits[i] = found.logit(i);
      }
      shrink(kept);
      sorted = true;
    } else if (kept < size) {
      shrink(kept);
    }
  }

  /**
   * Keeps the candidates whose logit is at least {@code limit}, in their order; but if those are
   * fewer than {@code atLeast}, the {@code atLeast} highest, sorted.
   */
  public void keepLogitsFrom(double limit, int atLeast) {
    int reaching = 0;
    for (int i = 0; i < size; i++) {
      reaching += logits[i] >= limit ? 1 : 0;
    }
    if (reaching < Math.max(atLeast, 1)) {
      keepHighest(Math.max(atLeast, 1));
    } else if (reaching < size) {
      keepIf(i -> logits[i] >= limit);
    }
  }

  /**
   * Keeps the candidates at the indexes that {@code wanted} accepts, in their order.
   *
   * @param wanted asked once for each index, in rising order
   * @throws IllegalArgumentException if it accepts none; what is left is then undefined
   */
  public void keepIf(IntPredicate wanted) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (wanted.test(i)) {
        ids[kept] = idAt(i);
        logits[kept++] = logits[i];
      }
    }
    if (kept == 0) {
      throw new IllegalArgumentException("No candidate is left");
    }
    if (kept < size) {
      shrink(kept);
    }
  }

  /**
   * Rules out all candidates but those with the given ids: they are removed or, if few are ruled
   * out, their logits become −∞, which is quicker.
   *
   * @param wanted one bit per token id, from the lowest bit of the first word on; ids it has no bit
   *     for are not wanted
   * @throws IllegalArgumentException if none is left; the candidates are then undefined
   */
  public void keepTokens(long[] wanted) {
    if (inIdOrder && hasColumnMaxima && size - count(wanted) <= size / MANY_OF) {
      ruleOutOthers(wanted);
      if (logits[indexOfHighest()] > Float.NEGATIVE_INFINITY) {
        return;
      }
    }
    keepIf(
        i -> {
          int id = idAt(i);
          int word = id >> 6;
          return word < wanted.length && (wanted[word] & 1L << id) != 0;
        });
  }

  private static int count(long[] bits) {
    int count = 0;
    for (long word : bits) {
      count += Long.bitCount(word);
    }
    return count;
  }

  private void ruleOutOthers(long[] wanted) {
    for (int from = 0; from < size; from += Long.SIZE) {
      long out = from >> 6 < wanted.length ? ~wanted[from >> 6] : -1L;
      for (; out != 0; out &= out - 1) {
        int id = from + Long.numberOfTrailingZeros(out);
        if (id >= size) {
          break;
        }
        float old = logits[id];
        logits[id] = Float.NEGATIVE_INFINITY;
        if (old == columnMaxima[id % COLUMNS]) {
          recomputeColumnMaximum(id % COLUMNS);
        }
      }
    }
    forgetResults();
  }

  /**
   * Keeps the candidates with the given ids, in their order.
   *
   * @param wanted token ids, rising; those that are no candidates are passed over
   * @throws IllegalArgumentException if there is none; what is left is then undefined
   */
  public void keepTokens(int[] wanted) {
    if (!inIdOrder) {
      keepIf(i -> Arrays.binarySearch(wanted, ids[i]) >= 0);
      return;
    }
    int kept = 0;
    for (int id : wanted) {
      if (id < size) {
        ids[kept] = id;
        logits[kept++] = logits[id];
      }
    }
    if (kept == 0) {
      throw new IllegalArgumentException("No candidate is left");
    }
    if (kept < size) {
      shrink(kept);
    }
  }

  /** Keeps one candidate alone. */
  public void keepOnly(int index) {
    ids[0] = id(index);
    logits[0] = logits[index];
    shrink(1);
    sorted = true;
  }

  /**
   * The probability of the candidate at {@code index} among those left: softmax, {@code exp(lᵢ −
   * max l) / Σ exp(lⱼ − max l)} in float64, summed in the order of the candidates.
   */
  public double probability(int index) {
    Objects.checkIndex(index, size);
    double total = totalWeight();
    return weights[index] / total;
  }

  /** {@code Σ exp(lⱼ − max l)} over the candidates left. */
  double totalWeight() {
    if (!hasWeights) {
      computeWeights();
    }
    return totalWeight;
  }

  /**
   * The {@code count} highest logits, sorted, with the ids of their tokens; the candidates stay as
   * they are. Valid until the next call of any method here.
   */
  HighestLogits highest(int count) {
    int wanted = Math.min(count, size);
    if (hasColumnMaxima && wanted <= COLUMNS / 4 && size > COLUMNS) {
      findInColumns(wanted);
    } else {
      found.begin(wanted);
      for (int i = 0; i < size; i++) {
        found.offer(logits[i], idAt(i));
      }
    }
    found.sort();
    foundCount = wanted;
    return found;
  }

  private void findInColumns(int wanted) {
    found.begin(wanted);
    for (int column = 0; column < COLUMNS; column++) {
      found.offer(columnMaxima[column], column);
    }
    float threshold = found.lowest();
    int open = 0;
    for (int column = 0; column < COLUMNS; column++) {
      if (columnMaxima[column] >= threshold) {
        openColumns[open++] = column;
      }
    }
    found.begin(wanted);
    for (int row = 0; row < size; row += COLUMNS) {
      for (int i = 0; i < open; i++) {
        int id = row + openColumns[i];
        if (id < size) {
          found.offer(logits[id], id);
        }
      }
    }
  }

  private void computeWeights() {
    if (weights.length < size) {
      weights = new double[size];
    }
    double highest = logits[indexOfHighest()];
    Exp.ofDistances(logits, highest, weights, size);
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += weights[i];
    }
    totalWeight = sum;
    hasWeights = true;
  }

  private void shrink(int kept) {
    inIdOrder = false;
    hasColumnMaxima = false;
    size = kept;
    forgetResults();
  }

  private void forgetResults() {
    hasWeights = false;
    foundCount = 0;
  }

  /** NaN to −∞ and +∞ to the largest float. */
  private static float ordered(float logit) {
    return logit > Float.NEGATIVE_INFINITY
        ? Math.min(logit, Float.MAX_VALUE)
        : Float.NEGATIVE_INFINITY;
  }

  /** Row by row, so that a row is still in the cache when its maxima are taken. */
  private void copyWithColumnMaxima(MemorySegment source, int count) {
    for (int row = 0; row < count; row += COLUMNS) {
      int columns = Math.min(COLUMNS, count - row);
      long offset = (long) row * Float.BYTES;
      MemorySegment.copy(source, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, logits, row, columns);
      if (row == 0) {
        System.arraycopy(logits, 0, columnMaxima, 0, columns);
      } else {
        raiseMaxima(columnMaxima, logits, row, columns);
      }
    }
    hasColumnMaxima = true;
  }

  /** A method of its own so that the compiler makes vector instructions of it. */
  private static void raiseMaxima(float[] maxima, float[] values, int from, int count) {
    for (int i = 0; i < count; i++) {
      maxima[i] = Math.max(maxima[i], values[from + i]);
    }
  }

  private void updateColumnMaximum(int column, float old, float changed) {
    if (changed >= columnMaxima[column]) {
      columnMaxima[column] = changed;
    } else if (old == columnMaxima[column]) {
      recomputeColumnMaximum(column);
    }
  }

  private void recomputeColumnMaximum(int column) {
    float highest = Float.NEGATIVE_INFINITY;
    for (int i = column; i < size; i += COLUMNS) {
      highest = Math.max(highest, logits[i]);
    }
    columnMaxima[column] = highest;
  }

  private void replaceNonFinite(int count) {
    float highest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      logits[i] = ordered(logits[i]);
      highest = Math.max(highest, logits[i]);
    }
    if (highest == Float.NEGATIVE_INFINITY) {
      throw new IllegalArgumentException(
          "No token can follow: all %d logits are NaN or negative infinity".formatted(count));
    }
    for (int column = 0; column < Math.min(count, COLUMNS); column++) {
      recomputeColumnMaximum(column);
    }
  }
}
