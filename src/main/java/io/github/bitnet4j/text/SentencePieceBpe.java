package io.github.bitnet4j.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;

/**
 * SentencePiece's byte-pair encoding: spaces become {@code ▁}, and neighbouring symbols, at first
 * single characters, are merged as long as two of them joined are a token: the pair whose token has
 * the highest score before all others, and the leftmost among equals.
 *
 * <p>A character that no token covers becomes its UTF-8 bytes where the vocabulary has all 256 byte
 * tokens, else the unknown token, one for each run of such characters. An unpaired surrogate
 * becomes U+FFFD. Control, unknown and byte tokens are never merged from text. The time taken is n
 * log n in the length of the text. Thread-safe: nothing but a {@link PieceCache} ever changes.
 */
final class SentencePieceBpe implements SubwordEncoder {
  private static final EnumSet<TokenType> NEVER_FROM_TEXT =
      EnumSet.of(TokenType.CONTROL, TokenType.UNKNOWN, TokenType.BYTE);

  private final Vocabulary vocabulary;
  private final boolean addsSpacePrefix;
  private final MergeTable merges;
  private final PieceCache cache = new PieceCache();

  /** Tokens of single bytes; empty unless there are all 256. */
  private final int[] tokenOfByte;

  /** Chars that some token has directly before a space: text may not be cut between the two. */
  private final BitSet joinedToSpace = new BitSet();

  SentencePieceBpe(Vocabulary vocabulary, float[] scores, boolean addsSpacePrefix) {
    if (scores.length == 0) {
      throw new InvalidTokenizerData(
          TokenizerData.SCORES, "is missing, but orders the merges; convert the model again");
    }
    this.vocabulary = vocabulary;
    this.addsSpacePrefix = addsSpacePrefix;
    tokenOfByte = byteTokens(vocabulary);
    merges = merges(scores);
  }

  /** Whether characters outside the vocabulary become byte tokens. */
  boolean hasByteFallback() {
    return tokenOfByte.length > 0;
  }

  @Override
  public void encode(String text, boolean continued, IntList out) {
    boolean prefix = addsSpacePrefix && !continued;
    int length = text.length() + (prefix ? 1 : 0);
    var chars = new char[length];
    chars[0] = TokenizerFamily.SPACE_MARK;
    text.getChars(0, text.length(), chars, prefix ? 1 : 0);
    for (int i = 0; i < length; i++) {
      if (chars[i] == ' ') {
        chars[i] = TokenizerFamily.SPACE_MARK;
      }
    }
    int first = out.size();
    int end;
    for (int start = 0; start < length; start = end) {
      end = pieceEnd(chars, start);
      cache.append(chars, start, end, out, this::encodePiece);
    }
    if (!hasByteFallback()) {
      joinUnknown(first, out);
    }
  }

  /** Where the next space begins that no token joins to what precedes it. */
  private int pieceEnd(char[] text, int start) {
    int i = start + 1;
    while (i < text.length
        && (text[i] != TokenizerFamily.SPACE_MARK || joinedToSpace.get(text[i - 1]))) {
      i++;
    }
    return i;
  }

  /** Without byte tokens a run of unknown characters is one token: only a space's token ends it. */
  @Override
  public boolean mayCut(char before, char after) {
    return after == ' '
        && before != ' '
        && !joinedToSpace.get(before)
        && (hasByteFallback() || symbolOf(TokenizerFamily.SPACE_MARK) < vocabulary.size());
  }

  private void encodePiece(char[] text, int start, int end, IntList out) {
    var symbols = new int[end - start];
    int length = 0;
    int i = start;
    while (i < end) {
      int codePoint = Utf8.codePointAt(text, i, end);
      i += Character.charCount(codePoint);
      symbols[length++] = symbolOf(codePoint);
    }
    int merged = BytePairMerger.merge(symbols, length, merges);
    for (int at = 0; at < merged; at++) {
      if (symbols[at] < vocabulary.size()) {
        out.add(symbols[at]);
      } else {
        addUncovered(symbols[at] - vocabulary.size(), out);
      }
    }
  }

  private void addUncovered(int codePoint, IntList out) {
    if (hasByteFallback()) {
      for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
        out.add(tokenOfByte[b & 0xFF]);
      }
      return;
    }
    out.add(
        vocabulary
            .unknown()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        ("The vocabulary has no token for U+%04X, and neither byte tokens nor an"
                                + " unknown token to stand for it")
                            .formatted(codePoint))));
  }

  private void joinUnknown(int first, IntList out) {
    var unknown = vocabulary.unknown();
    if (unknown.isEmpty()) {
      return;
    }
    int[] tokens = out.toArray(first);
    out.truncate(first);
    int previous = -1;
    for (int token : tokens) {
      if (token != previous || token != unknown.getAsInt()) {
        out.add(token);
      }
      previous = token;
    }
  }

  /** The token of a single character, or a number past the vocabulary that stands for it. */
  private int symbolOf(int codePoint) {
    var text = Character.toChars(codePoint);
    int token = vocabulary.index().find(text, 0, text.length);
    return token != TextIndex.NONE && mayComeFromText(token)
        ? token
        : vocabulary.size() + codePoint;
  }

  private boolean mayComeFromText(int token) {
    return !NEVER_FROM_TEXT.contains(vocabulary.type(token));
  }

  /** Every pair of symbols that joined are a token, ranked by the token's score. */
  private MergeTable merges(float[] scores) {
    int[] ranks = ranks(scores);
    var found = new IntList();
    for (int token = 0; token < vocabulary.size(); token++) {
      if (mayComeFromText(token)) {
        char[] text = vocabulary.text(token).toCharArray();
        addPairs(token, text, found);
        for (int i = 1; i < text.length; i++) {
          if (text[i] == TokenizerFamily.SPACE_MARK) {
            joinedToSpace.set(text[i - 1]);
          }
        }
      }
    }
    var table = new MergeTable(found.size() / 3);
    for (int i = 0; i < found.size(); i += 3) {
      int token = found.get(i + 2);
      table.putIfAbsent(
          found.get(i), found.get(i + 1), ranks[token], token, vocabulary.text(token).length());
    }
    return table;
  }

  private void addPairs(int token, char[] text, IntList found) {
    int cut = 0;
    while (cut < text.length) {
      cut += Character.charCount(Utf8.codePointAt(text, cut, text.length));
      int left = symbolOf(text, 0, cut);
      int right = cut < text.length ? symbolOf(text, cut, text.length) : TextIndex.NONE;
      if (left != TextIndex.NONE && right != TextIndex.NONE) {
        found.add(left);
        found.add(right);
        found.add(token);
      }
    }
  }

  private int symbolOf(char[] text, int from, int to) {
    int codePoint = Utf8.codePointAt(text, from, to);
    if (from + Character.charCount(codePoint) == to) {
      return symbolOf(codePoint);
    }
    int token = vocabulary.index().find(text, from, to);
    return token != TextIndex.NONE && mayComeFromText(token) ? token : TextIndex.NONE;
  }

  /** The place of every token in the order of falling scores; equal scores share one. */
  private static int[] ranks(float[] scores) {
    float[] rising = scores.clone();
    Arrays.sort(rising);
    var ranks = new int[scores.length];
    for (int token = 0; token < scores.length; token++) {
      if (Float.isNaN(scores[token])) {
        throw new InvalidTokenizerData(
            TokenizerData.SCORES,
            "entry %d is not a number; convert the model again".formatted(token));
      }
      ranks[token] = scores.length - 1 - firstAtLeast(rising, scores[token]);
    }
    return ranks;
  }

  private static int firstAtLeast(float[] rising, float score) {
    int low = 0;
    int high = rising.length;
    while (low < high) {
      int middle = low + high >>> 1;
      if (rising[middle] < score) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int[] byteTokens(Vocabulary vocabulary) {
    var tokens = new int[256];
    Arrays.fill(tokens, TextIndex.NONE);
    for (int id = vocabulary.size() - 1; id >= 0; id--) {
      if (vocabulary.type(id) == TokenType.BYTE) {
        tokens[vocabulary.sharedBytes(id)[0] & 0xFF] = id;
      }
    }
    return Arrays.stream(tokens).anyMatch(id -> id == TextIndex.NONE) ? new int[0] : tokens;
  }
}
