package io.github.bitnet4j.session;

/** Watches a long prefill, and may stop it between batches. */
@FunctionalInterface
public interface PrefillMonitor {
  /** Watches nothing and never stops. */
  PrefillMonitor NONE = (done, total) -> true;

  /**
   * Called after every batch.
   *
   * @param done tokens processed so far
   * @param total tokens to process
   * @return false to stop here; the session then holds {@code done} of the tokens
   */
  boolean proceed(int done, int total);
}
