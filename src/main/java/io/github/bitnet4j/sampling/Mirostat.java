package io.github.bitnet4j.sampling;

/**
 * Steers the surprise {@code −log₂ p} of the tokens it draws towards a target τ (Basu et al. 2021,
 * Mirostat). After each draw of surprise s among the candidates that were left, {@code μ ← μ − η (s
 * − τ)}; μ begins at 2τ. How μ narrows the candidates is up to the version:
 *
 * <ul>
 *   <li>2: keeps those of a surprise of at most μ, at least the most probable;
 *   <li>1: keeps the k most probable, {@code k = (ε 2^μ / (1 − N^−ε))^(1/s)}, at least 1, with
 *       {@code ε = s − 1}, N candidates, and Zipf's exponent s estimated from the 100 most
 *       probable: {@code s = Σ tᵢbᵢ / Σ tᵢ²}, {@code tᵢ = ln((i + 2) / (i + 1))}, {@code bᵢ = ln(pᵢ
 *       / pᵢ₊₁)}.
 * </ul>
 *
 * Stateful: belongs to one sequence.
 */
final class Mirostat implements Choice {
  private static final int ESTIMATED_FROM = 100;
  private static final double LN_2 = 0x1.62e42fefa39efp-1;

  private final MirostatOptions options;
  private final Draw draw;
  private double mu;

  /** Draws fixed by {@code seed}. */
  Mirostat(MirostatOptions options, long seed) {
    this.options = options;
    this.draw = new Draw(seed);
    reset();
  }

  @Override
  public int choose(Candidates candidates) {
    if (options.version() == 1) {
      candidates.keepHighest(count(candidates.highest(ESTIMATED_FROM + 1), candidates.size(), mu));
    } else {
      keepSurprisesTo(mu, candidates);
    }
    int chosen = draw.choose(candidates);
    double surprise = -StrictMath.log(candidates.probability(chosen)) / LN_2;
    mu -= options.learningRate() * (surprise - options.targetEntropy());
    return chosen;
  }

  /** {@code −log₂ pᵢ ≤ μ} is {@code lᵢ ≥ max l + ln Σ exp(lⱼ − max l) − μ ln 2}. */
  private static void keepSurprisesTo(double mu, Candidates candidates) {
    double highest = candidates.logit(candidates.indexOfHighest());
    double lowest = highest + StrictMath.log(candidates.totalWeight()) - mu * LN_2;
    candidates.keepLogitsFrom(lowest, 1);
  }

  /** Version 1's k, at least 1; all candidates where the formula has no finite value. */
  static int count(HighestLogits highest, int candidates, double mu) {
    double products = 0;
    double squares = 0;
    for (int i = 0; i + 1 < highest.size(); i++) {
      if (highest.logit(i + 1) == Float.NEGATIVE_INFINITY) {
        break;
      }
      double t = StrictMath.log((i + 2.0) / (i + 1.0));
      products += t * ((double) highest.logit(i) - highest.logit(i + 1));
      squares += t * t;
    }
    if (squares == 0) {
      return 1;
    }
    double exponent = products / squares;
    double epsilon = exponent - 1;
    double perPower =
        Math.abs(epsilon) < 1e-9
            ? 1 / StrictMath.log(candidates) // the limit for ε → 0
            : epsilon / (1 - StrictMath.pow(candidates, -epsilon));
    double k = StrictMath.pow(perPower * StrictMath.pow(2, mu), 1 / exponent);
    return Double.isNaN(k) ? candidates : (int) Math.clamp(k, 1, candidates);
  }

  @Override
  public void reset() {
    mu = 2.0 * options.targetEntropy();
  }
}
