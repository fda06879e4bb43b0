package io.github.bitnet4j.sampling;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Keeps the tokens whose surprise is closest to the expected one: the fewest of smallest {@code
 * |−ln pᵢ − H|} whose probabilities sum to at least p, where {@code H = −Σ pᵢ ln pᵢ} (Meister et
 * al. 2022, locally typical sampling). Distances are compared as float32, equal ones by the order
 * of the candidates.
 *
 * @param p above 0, below 1
 * @param minKeep tokens to keep at least
 */
record Typical(float p, int minKeep) implements Sampler {
  @Override
  public void apply(Candidates candidates) {
    int size = candidates.size();
    double entropy = Entropy.of(candidates);
    var keys = new long[size];
    for (int i = 0; i < size; i++) {
      double surprise = -StrictMath.log(candidates.probability(i));
      float distance = (float) Math.abs(surprise - entropy); // ∞ for what is impossible
      keys[i] = (long) Float.floatToRawIntBits(distance) << 32 | i;
    }
    Arrays.sort(keys);
    var kept = new BitSet(size);
    double sum = 0;
    for (int i = 0; i < size && (sum < p || i < minKeep); i++) {
      int index = (int) keys[i];
      kept.set(index);
      sum += candidates.probability(index);
    }
    candidates.keepIf(kept::get);
  }
}
