package io.github.bitnet4j.constraint;

import io.github.bitnet4j.text.TokenType;
import io.github.bitnet4j.text.Vocabulary;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The tokens of a vocabulary that may be part of a text, by their bytes: those of ordinary text, of
 * single bytes and user-defined ones. Immutable.
 */
final class TokenTries {
  private static final EnumSet<TokenType> TEXT =
      EnumSet.of(TokenType.NORMAL, TokenType.USER_DEFINED, TokenType.BYTE);

  private final Vocabulary vocabulary;
  private final byte[][] bytes;
  private final int[] unwritten;
  private final Map<Reach, TokenTrie> tries;

  private TokenTries(Vocabulary vocabulary, byte[][] bytes, int[] unwritten) {
    this.vocabulary = vocabulary;
    this.bytes = bytes;
    this.unwritten = unwritten;
    tries = new EnumMap<>(Reach.class);
    for (var reach : Reach.values()) {
      int[] ids =
          IntStream.range(0, bytes.length)
              .filter(id -> bytes[id].length > 0 && Reach.of(bytes[id].length) == reach)
              .toArray();
      tries.put(reach, new TokenTrie(ids, bytes));
    }
  }

  /** The tokens of {@code vocabulary} with all of their bytes. */
  static TokenTries of(Vocabulary vocabulary) {
    var bytes = new byte[vocabulary.size()][];
    for (int id = 0; id < bytes.length; id++) {
      boolean isText = TEXT.contains(vocabulary.type(id)) && !vocabulary.isEndOfGeneration(id);
      bytes[id] = isText ? vocabulary.bytes(id) : new byte[0];
    }
    return new TokenTries(vocabulary, bytes, new int[0]);
  }

  /** The same tokens where a space that they begin with is not written. */
  TokenTries withoutFirstSpace() {
    var shorter = bytes.clone();
    for (int id = 0; id < bytes.length; id++) {
      if (bytes[id].length > 0 && bytes[id][0] == ' ') {
        shorter[id] = Arrays.copyOfRange(bytes[id], 1, bytes[id].length);
      }
    }
    int[] gone =
        IntStream.range(0, bytes.length)
            .filter(id -> bytes[id].length > 0 && shorter[id].length == 0)
            .toArray();
    return new TokenTries(vocabulary, shorter, gone);
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Whether a token may be part of a text. */
  boolean isText(int id) {
    return bytes[id].length > 0;
  }

  /** Tokens of ordinary text that write nothing. */
  int[] unwritten() {
    return unwritten;
  }

  TokenTrie get(Reach reach) {
    return tries.get(reach);
  }

  /** The bytes a token writes; none if it is never part of a text. Not to be changed. */
  byte[] bytes(int id) {
    return bytes[id];
  }

  /** The least number of tokens that lead through {@code node} and the terminals after it. */
  int tokensToComplete(Node.Terminal node) {
    int least = Node.NEVER;
    for (var reach : Reach.values()) {
      least = Math.min(least, tokensToComplete(tries.get(reach), 0, node));
      if (least == 1) {
        break;
      }
    }
    return least;
  }

  private static int tokensToComplete(TokenTrie trie, int at, Node.Terminal node) {
    int least = Node.NEVER;
    for (int i = 0; i < node.from.length && least > 1; i++) {
      for (int value = node.from[i]; value <= node.to[i] && least > 1; value++) {
        int child = trie.child(at, value);
        if (child == 0) {
          continue;
        }
        var then = node.then[i];
        if (trie.hasTokens(child, child + 1)) {
          least = Math.min(least, Node.sum(1, then.tokens));
        }
        if (then instanceof Node.Terminal terminal) {
          least = Math.min(least, tokensToComplete(trie, child, terminal));
        }
      }
    }
    return least;
  }
}
