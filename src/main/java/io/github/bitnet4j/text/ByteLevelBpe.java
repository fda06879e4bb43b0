package io.github.bitnet4j.text;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Byte-level byte-pair encoding: text is cut by a {@link PreTokenizer}, each piece becomes its
 * UTF-8 bytes, and neighbouring symbols are merged, the pair listed first in the vocabulary's
 * merges before all others and the leftmost among equals, until no listed pair is left.
 *
 * <p>An unpaired surrogate becomes U+FFFD. Control and unknown tokens are never produced from text.
 * A symbol that merges name but the vocabulary lacks falls apart into single bytes. The time taken
 * is n log n in the length of a piece. Thread-safe: nothing but a {@link PieceCache} ever changes.
 */
final class ByteLevelBpe implements SubwordEncoder {
  private static final EnumSet<TokenType> NEVER_FROM_TEXT =
      EnumSet.of(TokenType.CONTROL, TokenType.UNKNOWN);

  private final PreTokenizer preTokenizer;
  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final PieceCache cache = new PieceCache();
  private final int[] symbolOfByte = new int[256];

  /** Symbols the merges name but the vocabulary lacks, by symbol less the vocabulary's size. */
  private final List<byte[]> symbolsWithoutToken;

  private final int longestText;

  ByteLevelBpe(Vocabulary vocabulary, List<String> mergeList, PreTokenizer preTokenizer) {
    this.preTokenizer = preTokenizer;
    this.vocabulary = vocabulary;
    var symbols = new SymbolTable();
    for (int b = 0; b < 256; b++) {
      symbolOfByte[b] = symbols.of(new char[] {ByteAlphabet.charOf(b)}, 0, 1);
    }
    merges = new MergeTable(mergeList.size());
    var chars = new char[256];
    for (int rank = 0; rank < mergeList.size(); rank++) {
      var merge = mergeList.get(rank);
      int length = merge.length();
      int space = merge.indexOf(' ', 1);
      if (chars.length < length) {
        chars = new char[length];
      }
      merge.getChars(0, length, chars, 0);
      int left = symbols.of(chars, 0, space);
      int right = symbols.of(chars, space + 1, length);
      System.arraycopy(chars, space + 1, chars, space, length - space - 1);
      merges.putIfAbsent(left, right, rank, symbols.of(chars, 0, length - 1), length - 1);
    }
    symbolsWithoutToken = symbols.withoutToken.stream().map(ByteAlphabet::decode).toList();
    longestText =
        IntStream.range(0, vocabulary.size())
            .map(id -> vocabulary.text(id).length())
            .max()
            .orElse(0);
  }

  @Override
  public void encode(String text, boolean continued, IntList out) {
    char[] chars = text.toCharArray();
    var splitter = preTokenizer.splitter();
    int end;
    for (int start = 0; start < chars.length; start = end) {
      end = splitter.pieceEnd(chars, start, chars.length);
      cache.append(chars, start, end, out, this::encodePiece);
    }
  }

  /** No expression has a piece that goes on with space after a letter, or looks back. */
  @Override
  public boolean mayCut(char before, char after) {
    return CharClass.isLetter(before) && CharClass.isSpace(after);
  }

  private void encodePiece(char[] text, int start, int end, IntList out) {
    byte[] bytes = Utf8.encode(text, start, end);
    int length = bytes.length;
    if (preTokenizer.ignoresMerges() && length <= longestText) {
      var alphabetic = new char[length];
      for (int i = 0; i < length; i++) {
        alphabetic[i] = ByteAlphabet.charOf(bytes[i] & 0xFF);
      }
      int token = vocabulary.index().find(alphabetic, 0, length);
      if (token != TextIndex.NONE && mayComeFromText(token)) {
        out.add(token);
        return;
      }
    }
    var symbols = new int[length];
    for (int i = 0; i < length; i++) {
      symbols[i] = symbolOfByte[bytes[i] & 0xFF];
    }
    int merged = BytePairMerger.merge(symbols, length, merges);
    for (int i = 0; i < merged; i++) {
      addTokens(symbols[i], out);
    }
  }

  private boolean mayComeFromText(int token) {
    return !NEVER_FROM_TEXT.contains(vocabulary.type(token));
  }

  private void addTokens(int symbol, IntList out) {
    if (symbol < vocabulary.size()) {
      out.add(symbol);
      return;
    }
    byte[] parts = symbolsWithoutToken.get(symbol - vocabulary.size());
    for (byte part : parts) {
      int token = symbolOfByte[part & 0xFF];
      if (token >= vocabulary.size()) {
        token = unknownFor(part & 0xFF);
      }
      out.add(token);
    }
  }

  private int unknownFor(int unsignedByte) {
    return vocabulary
        .unknown()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The vocabulary has no token for byte 0x%02X and no unknown token to stand for it"
                        .formatted(unsignedByte)));
  }

  /** Numbers token texts: the id where there is a token, else a number past the vocabulary. */
  private final class SymbolTable {
    private final Map<String, Integer> added = new HashMap<>();
    private final List<String> withoutToken = new ArrayList<>();

    int of(char[] chars, int from, int to) {
      int token = vocabulary.index().find(chars, from, to);
      if (token != TextIndex.NONE && mayComeFromText(token)) {
        return token;
      }
      return added.computeIfAbsent(
          new String(chars, from, to - from),
          absent -> {
            withoutToken.add(absent);
            return vocabulary.size() + withoutToken.size() - 1;
          });
    }
  }
}
