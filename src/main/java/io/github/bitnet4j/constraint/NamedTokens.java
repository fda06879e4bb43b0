package io.github.bitnet4j.constraint;

import java.util.Arrays;
import java.util.Collection;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The tokens that a grammar names. To its automaton each is a symbol, which is numbered after the
 * bytes, and so are all other tokens of ordinary text together. Immutable.
 */
final class NamedTokens {
  /** Symbols below are bytes. */
  static final int FIRST_SYMBOL = 256;

  private static final int MOST = 500;

  private final TokenTries tries;

  /** Rising; the symbol of each is its place after {@link #FIRST_SYMBOL}. */
  private final int[] ids;

  /**
   * The tokens that {@code named} stands for.
   *
   * @throws IllegalArgumentException if the vocabulary has no such token, it ends texts, or there
   *     are too many
   */
  NamedTokens(Collection<Expression.Token> named, TokenTries tries) {
    this.tries = tries;
    ids = named.stream().mapToInt(this::find).distinct().sorted().toArray();
    if (ids.length > MOST) {
      throw new IllegalArgumentException(
          "the grammar names %d tokens; it may name %d".formatted(ids.length, MOST));
    }
  }

  private int find(Expression.Token named) {
    var vocabulary = tries.vocabulary();
    String name = named.text().map("\"%s\""::formatted).orElseGet(() -> "" + named.id().getAsInt());
    int id = named.id().orElseGet(() -> vocabulary.find(named.text().get()).orElse(-1));
    if (id < 0 || id >= vocabulary.size()) {
      throw new IllegalArgumentException(
          "the grammar names token %s, which the vocabulary does not have".formatted(name));
    }
    if (vocabulary.isEndOfGeneration(id)) {
      throw new IllegalArgumentException(
          ("the grammar names token %s, which ends texts: it may come where a text is complete, and"
                  + " nowhere else")
              .formatted(name));
    }
    return id;
  }

  /** How many symbols there are after the bytes. */
  int symbols() {
    return ids.length == 0 ? 0 : ids.length + 1;
  }

  /** The one for all tokens of text that are not named. */
  private int others() {
    return FIRST_SYMBOL + ids.length;
  }

  boolean contains(int id) {
    return Arrays.binarySearch(ids, id) >= 0;
  }

  /** The symbol of a token; empty if it has none. */
  OptionalInt symbol(int id) {
    int at = Arrays.binarySearch(ids, id);
    if (at >= 0) {
      return OptionalInt.of(FIRST_SYMBOL + at);
    }
    return ids.length > 0 && tries.isText(id) ? OptionalInt.of(others()) : OptionalInt.empty();
  }

  /** Sets the bits of the tokens that have a symbol. */
  void addTo(long[] bits, int symbol) {
    var tokens =
        symbol == others()
            ? IntStream.range(0, tries.vocabulary().size())
                .filter(id -> tries.isText(id) && !contains(id))
            : IntStream.of(ids[symbol - FIRST_SYMBOL]);
    tokens.forEach(id -> bits[id >> 6] |= 1L << id);
  }

  /** A symbol for messages. */
  String describe(int symbol) {
    if (symbol == others()) {
      return "other tokens of text";
    }
    int id = ids[symbol - FIRST_SYMBOL];
    return "token %d, \"%s\"".formatted(id, tries.vocabulary().text(id));
  }

  /** What reads one of the tokens that {@code named} stands for. */
  Node node(Expression.Token named, NodeFactory factory) {
    int symbol = symbol(find(named)).getAsInt();
    if (!named.negated()) {
      return factory.terminal(new int[] {symbol}, new int[] {symbol}, new Node[] {Node.EMPTY});
    }
    var after = new int[] {symbol + 1, others()};
    if (symbol == FIRST_SYMBOL) {
      return factory.terminal(new int[] {after[0]}, new int[] {after[1]}, new Node[] {Node.EMPTY});
    }
    return factory.terminal(
        new int[] {FIRST_SYMBOL, after[0]},
        new int[] {symbol - 1, after[1]},
        new Node[] {Node.EMPTY, Node.EMPTY});
  }
}
