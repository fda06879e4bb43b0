package io.github.bitnet4j.constraint;

import java.util.Arrays;

/**
 * Tokens by their bytes: a tree whose nodes are numbered in depth-first order, children by rising
 * byte, so that the nodes below one follow it directly. Node 0 is the root. Immutable.
 */
final class TokenTrie {
  private static final int KEY_BYTES = 4;
  private static final int ID_BITS = 31;

  /** The byte that leads to a node. */
  final byte[] label;

  /** How many bytes lead to a node. */
  final int[] depth;

  /** The first node that is not below a node. */
  final int[] end;

  /** {@link ByteKinds} of the labels of a node and below it, as text that begins with the node. */
  final int[] kinds;

  /** Where in {@link #tokens} those of a node begin; one more entry than there are nodes. */
  final int[] tokensFrom;

  /** Ids of tokens. */
  final int[] tokens;

  /** The most bytes of a token. */
  final int longest;

  /** Children of the root by byte; 0 for none. */
  private final int[] first = new int[256];

  /**
   * The tree of {@code ids}.
   *
   * @param bytes of all tokens by id; none of those in the tree is empty
   */
  TokenTrie(int[] ids, byte[][] bytes) {
    tokens = sorted(ids, bytes);
    int total = 1;
    byte[] before = {};
    for (int id : tokens) {
      total += bytes[id].length - common(before, bytes[id]);
      before = bytes[id];
    }
    label = new byte[total];
    depth = new int[total];
    end = new int[total];
    tokensFrom = new int[total + 1];
    longest = fill(bytes);
    kinds = kinds();
  }

  /**
   * The ids by rising bytes, unsigned: sorted as numbers made of the first bytes and the id, then
   * those whose first bytes are the same one by one.
   */
  private static int[] sorted(int[] ids, byte[][] bytes) {
    var keys = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      long key = 0;
      for (int at = 0; at < KEY_BYTES; at++) {
        key = key << Byte.SIZE | (at < bytes[ids[i]].length ? bytes[ids[i]][at] & 0xFF : 0);
      }
      keys[i] = key << ID_BITS | ids[i];
    }
    Arrays.sort(keys);
    var sorted = new Integer[ids.length];
    for (int i = 0; i < ids.length; i++) {
      sorted[i] = (int) (keys[i] & (1L << ID_BITS) - 1);
    }
    for (int from = 0, to; from < ids.length; from = to) {
      to = from + 1;
      while (to < ids.length && keys[to] >>> ID_BITS == keys[from] >>> ID_BITS) {
        to++;
      }
      if (to - from > 1) {
        Arrays.sort(sorted, from, to, (a, b) -> Arrays.compareUnsigned(bytes[a], bytes[b]));
      }
    }
    return Arrays.stream(sorted).mapToInt(Integer::intValue).toArray();
  }

  private int fill(byte[][] bytes) {
    int most = 0;
    for (int id : tokens) {
      most = Math.max(most, bytes[id].length);
    }
    var path = new int[most + 1];
    int nodes = 1;
    byte[] before = {};
    for (int i = 0; i < tokens.length; i++) {
      var text = bytes[tokens[i]];
      int shared = common(before, text);
      for (int d = before.length; d > shared; d--) {
        end[path[d]] = nodes;
      }
      for (int d = shared + 1; d <= text.length; d++) {
        label[nodes] = text[d - 1];
        depth[nodes] = d;
        tokensFrom[nodes] = i;
        if (d == 1) {
          first[label[nodes] & 0xFF] = nodes;
        }
        path[d] = nodes++;
      }
      before = text;
    }
    for (int d = before.length; d >= 0; d--) {
      end[path[d]] = nodes;
    }
    tokensFrom[nodes] = tokens.length;
    return most;
  }

  /** From the back, so that what is below a node is known before the node. */
  private int[] kinds() {
    var ofByte = new int[256];
    Arrays.setAll(ofByte, ByteKinds::of);
    var kinds = new int[label.length];
    var kindsAt = new int[longest + 2];
    var placesAt = new int[longest + 2];
    Arrays.fill(placesAt, Utf8Place.ALL);
    for (int node = label.length - 1; node > 0; node--) {
      int below = depth[node] + 1;
      int value = label[node] & 0xFF;
      int places = Utf8Place.before(value, placesAt[below]);
      int all = kindsAt[below] | ofByte[value];
      kindsAt[below] = 0;
      placesAt[below] = Utf8Place.ALL;
      kindsAt[depth[node]] |= all;
      placesAt[depth[node]] &= places;
      boolean broken = (all & ByteKinds.CHARACTER) != 0 && (places >> Utf8Place.BETWEEN & 1) == 0;
      kinds[node] = broken ? all | ByteKinds.BROKEN : all;
    }
    return kinds;
  }

  /** The child by a byte, 0 to 255; 0 if there is none. */
  int child(int node, int value) {
    if (node == 0) {
      return first[value];
    }
    for (int child = node + 1; child < end[node]; child = end[child]) {
      if (label[child] == (byte) value) {
        return child;
      }
    }
    return 0;
  }

  /** Whether a token ends at a node from {@code from} on and before {@code to}. */
  boolean hasTokens(int from, int to) {
    return tokensFrom[from] < tokensFrom[to];
  }

  /** Whether some token is longer than a node and begins with its bytes. */
  boolean hasChildren(int node) {
    return end[node] > node + 1;
  }

  private static int common(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }
}
