package io.github.bitnet4j.sampling;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;

/**
 * The tokens still in the running for one position, with their logits: a buffer loaded once per
 * token and reused, so that sampling allocates nothing.
 *
 * <p>Freshly loaded, the candidate at index i is token id i. Once sorted, the order is by falling
 * logit and, among equals, rising id. A NaN logit counts as −∞ and +∞ as the largest float. For one
 * thread.
 */
public final class Candidates {
  private int size;

  /** Token ids by index; not filled in while {@link #inIdOrder}, when the index is the id. */
  private int[] ids = new int[0];

  private float[] logits = new float[0];
  private double[] probabilities = new double[0];
  private long[] keys = new long[0];
  private boolean inIdOrder;
  private boolean sorted;
  private boolean hasProbabilities;

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
    reserve(count);
    MemorySegment.copy(source, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, logits, 0, count);
    size = count;
    inIdOrder = true;
    sorted = false;
    hasProbabilities = false;
    if (!allFinite(count)) {
      replaceNonFinite(count);
    }
  }

  /** The number of candidates left; at least 1 after a load. */
  public int size() {
    return size;
  }

  /** The token id of the candidate at {@code index}. */
  public int id(int index) {
    return idAt(checked(index));
  }

  private int idAt(int index) {
    return inIdOrder ? index : ids[index];
  }

  /** The logit of the candidate at {@code index}; never NaN or +∞. */
  public float logit(int index) {
    return logits[checked(index)];
  }

  /** Replaces a logit; the order and the probabilities no longer hold. */
  public void setLogit(int index, float logit) {
    logits[checked(index)] = ordered(logit);
    sorted = size == 1;
    hasProbabilities = false;
  }

  /** Divides every logit's distance from the highest by {@code divisor}, above 0. */
  public void scaleFromHighest(float divisor) {
    float highest = logits[indexOfHighest()];
    for (int i = 0; i < size; i++) {
      logits[i] = ordered((logits[i] - highest) / divisor);
    }
    // A large divisor can round different logits to one value, so ids may now be out of order.
    sorted = false;
    hasProbabilities = false;
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
    int best = 0;
    if (!sorted) {
      for (int i = 1; i < size; i++) {
        if (logits[i] > logits[best] || logits[i] == logits[best] && idAt(i) < idAt(best)) {
          best = i;
        }
      }
    }
    return best;
  }

  /** Sorts by falling logit, equal logits by rising id. */
  public void sort() {
    if (!sorted) {
      keepHighest(size);
    }
  }

  /**
   * Keeps the {@code count} candidates with the highest logits, sorted; all of them if there are
   * fewer. Ties at the limit go to lower ids.
   */
  public void keepHighest(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("At least one candidate must stay, not " + count);
    }
    int kept = Math.min(count, size);
    if (!sorted) {
      if (keys.length < kept) {
        keys = new long[Math.max(kept, 64)];
      }
      selectLowestKeys(kept);
      Arrays.sort(keys, 0, kept);
      for (int i = 0; i < kept; i++) {
        ids[i] = (int) keys[i];
        logits[i] = logitOfKey(keys[i]);
      }
      sorted = true;
      inIdOrder = false;
    }
    size = kept;
    hasProbabilities = false;
  }

  /** Keeps the candidates whose logit is at least {@code limit}, in their order. */
  public void keepLogitsFrom(double limit) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (logits[i] >= limit) {
        ids[kept] = idAt(i);
        logits[kept++] = logits[i];
      }
    }
    if (kept == 0) {
      throw new IllegalArgumentException("No candidate has a logit of at least " + limit);
    }
    inIdOrder &= kept == size;
    hasProbabilities &= kept == size;
    size = kept;
  }

  /** Keeps one candidate alone. */
  public void keepOnly(int index) {
    ids[0] = id(index);
    logits[0] = logits[index];
    size = 1;
    inIdOrder = false;
    sorted = true;
    hasProbabilities = false;
  }

  /**
   * The probability of the candidate at {@code index} among those left: softmax, {@code exp(lᵢ −
   * max l) / Σ exp(lⱼ − max l)} in float64, summed in the order of the candidates.
   */
  public double probability(int index) {
    checked(index);
    if (!hasProbabilities) {
      computeProbabilities();
    }
    return probabilities[index];
  }

  private void computeProbabilities() {
    if (probabilities.length < size) {
      probabilities = new double[size];
    }
    double highest = logits[indexOfHighest()];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double weight = StrictMath.exp(logits[i] - highest);
      probabilities[i] = weight;
      sum += weight;
    }
    for (int i = 0; i < size; i++) {
      probabilities[i] /= sum;
    }
    hasProbabilities = true;
  }

  private void reserve(int count) {
    if (ids.length < count) {
      ids = new int[count];
      logits = new float[count];
    }
  }

  private int checked(int index) {
    return Objects.checkIndex(index, size);
  }

  /** NaN to −∞ and +∞ to the largest float. */
  private static float ordered(float logit) {
    return logit > Float.NEGATIVE_INFINITY
        ? Math.min(logit, Float.MAX_VALUE)
        : Float.NEGATIVE_INFINITY;
  }

  /**
   * Whether no logit is NaN or infinite, which is nearly always so: zero times a logit is then
   * zero. Eight sums run side by side so that no addition waits for the one before.
   */
  private boolean allFinite(int count) {
    float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
    int i = 0;
    for (; i + 8 <= count; i += 8) {
      s0 += logits[i] * 0;
      s1 += logits[i + 1] * 0;
      s2 += logits[i + 2] * 0;
      s3 += logits[i + 3] * 0;
      s4 += logits[i + 4] * 0;
      s5 += logits[i + 5] * 0;
      s6 += logits[i + 6] * 0;
      s7 += logits[i + 7] * 0;
    }
    for (; i < count; i++) {
      s0 += logits[i] * 0;
    }
    return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 == 0;
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
  }

  /** A number that is lower the higher the logit and, among equals, the lower the id. */
  private static long key(float logit, int id) {
    int bits = Float.floatToRawIntBits(logit + 0.0f); // one zero: −0 + 0 is +0
    int rising = bits ^ bits >> 31 & Integer.MAX_VALUE;
    return (long) ~rising << 32 | id;
  }

  private static float logitOfKey(long key) {
    int rising = ~(int) (key >> 32);
    return Float.intBitsToFloat(rising ^ rising >> 31 & Integer.MAX_VALUE);
  }

  /** Puts the {@code count} lowest keys of all candidates in {@code keys}, in no order. */
  private void selectLowestKeys(int count) {
    for (int i = 0; i < count; i++) {
      keys[i] = key(logits[i], idAt(i));
    }
    if (count == size) {
      return;
    }
    for (int i = count / 2 - 1; i >= 0; i--) {
      siftDown(i, count);
    }
    float worst = logitOfKey(keys[0]);
    for (int i = count; i < size; i++) {
      if (logits[i] >= worst) {
        long key = key(logits[i], idAt(i));
        if (key < keys[0]) {
          keys[0] = key;
          siftDown(0, count);
          worst = logitOfKey(keys[0]);
        }
      }
    }
  }

  /** Restores the max-heap {@code keys[0, count)} below {@code at}. */
  private void siftDown(int at, int count) {
    long moved = keys[at];
    while (2 * at + 1 < count) {
      int child = 2 * at + 1;
      if (child + 1 < count && keys[child + 1] > keys[child]) {
        child++;
      }
      if (keys[child] <= moved) {
        break;
      }
      keys[at] = keys[child];
      at = child;
    }
    keys[at] = moved;
  }
}
