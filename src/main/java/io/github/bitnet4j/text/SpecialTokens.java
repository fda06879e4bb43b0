package io.github.bitnet4j.text;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The token ids a model file gives a role, and whether BOS and EOS belong around encoded text. What
 * the file leaves out is empty here: no id is guessed.
 *
 * @param bos beginning of sequence
 * @param eos end of sequence
 * @param eot end of turn
 * @param eom end of message
 * @param unknown stands for text the vocabulary cannot express
 * @param padding fills up batches
 * @param addBos whether BOS precedes encoded text; empty leaves it to the pre-tokenizer's rule
 * @param addEos whether EOS follows encoded text; empty means no
 */
public record SpecialTokens(
    OptionalInt bos,
    OptionalInt eos,
    OptionalInt eot,
    OptionalInt eom,
    OptionalInt unknown,
    OptionalInt padding,
    Optional<Boolean> addBos,
    Optional<Boolean> addEos) {

  /** A model file that names no special token. */
  public static final SpecialTokens NONE =
      new SpecialTokens(
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty());

  /** The same with BOS and EOS set. */
  public SpecialTokens withBosAndEos(int bosId, int eosId) {
    return new SpecialTokens(
        OptionalInt.of(bosId), OptionalInt.of(eosId), eot, eom, unknown, padding, addBos, addEos);
  }

  /** The same with an explicit rule for BOS and EOS around encoded text. */
  public SpecialTokens withAdded(boolean addBosToken, boolean addEosToken) {
    return new SpecialTokens(
        bos, eos, eot, eom, unknown, padding, Optional.of(addBosToken), Optional.of(addEosToken));
  }
}
