package io.github.bitnet4j.sampling;

/** How uncertain the next token is. */
final class Entropy {
  private Entropy() {}

  /** {@code −Σ pᵢ ln pᵢ} over the candidates left, in nats; what is impossible adds nothing. */
  static double of(Candidates candidates) {
    double entropy = 0;
    for (int i = 0; i < candidates.size(); i++) {
      double probability = candidates.probability(i);
      if (probability > 0) {
        entropy -= probability * StrictMath.log(probability);
      }
    }
    return entropy;
  }
}
