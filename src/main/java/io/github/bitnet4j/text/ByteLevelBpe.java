package io.github.bitnet4j.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Byte-level byte-pair encoding: text is cut by a {@link PreTokenizer}, each piece becomes its
 * UTF-8 bytes, and neighbouring symbols are merged, the pair listed first in the vocabulary's
 * merges before all others and the leftmost among equals, until no listed pair is left.
 *
 * <p>An unpaired surrogate becomes U+FFFD. Control and unknown tokens are never produced from text.
 * A symbol that merges name but the vocabulary lacks falls apart into single bytes. The time taken
 * is n log n in the length of a piece. Immutable and thread-safe.
 */
final class ByteLevelBpe implements SubwordEncoder {
  private static final EnumSet<TokenType> NEVER_FROM_TEXT =
      EnumSet.of(TokenType.CONTROL, TokenType.UNKNOWN);

  private final PreTokenizer preTokenizer;
  private final MergeTable merges;
  private final int vocabularySize;
  private final int[] symbolOfByte = new int[256];
  private final OptionalInt unknown;

  /** Symbols the merges name but the vocabulary lacks, by symbol less {@code vocabularySize}. */
  private final List<byte[]> symbolsWithoutToken;

  /** Whole pieces that are tokens, by their bytes written as a Latin-1 string. */
  private final Map<String, Integer> wholePieces;

  private final int longestWholePiece;

  ByteLevelBpe(Vocabulary vocabulary, List<String> mergeList, PreTokenizer preTokenizer) {
    this.preTokenizer = preTokenizer;
    this.vocabularySize = vocabulary.size();
    this.unknown = vocabulary.unknown();
    var symbols = new SymbolTable(vocabulary);
    for (int b = 0; b < 256; b++) {
      symbolOfByte[b] = symbols.of(String.valueOf(ByteAlphabet.charOf(b)));
    }
    this.merges = new MergeTable(mergeList.size());
    for (int rank = 0; rank < mergeList.size(); rank++) {
      var merge = mergeList.get(rank);
      int space = merge.indexOf(' ', 1);
      var left = merge.substring(0, space);
      var right = merge.substring(space + 1);
      merges.putIfAbsent(symbols.of(left), symbols.of(right), rank, symbols.of(left + right));
    }
    this.symbolsWithoutToken = symbols.withoutToken.stream().map(ByteAlphabet::decode).toList();
    this.wholePieces = preTokenizer.ignoresMerges() ? wholePieces(vocabulary) : Map.of();
    this.longestWholePiece = wholePieces.keySet().stream().mapToInt(String::length).max().orElse(0);
  }

  @Override
  public void encode(String text, IntList out) {
    var bytes = new byte[64];
    int start = 0;
    for (int end : preTokenizer.pieceEnds(text)) {
      if (bytes.length < 3 * (end - start)) {
        bytes = new byte[Math.multiplyExact(3, end - start)];
      }
      encodePiece(bytes, utf8(text, start, end, bytes), out);
      start = end;
    }
  }

  private void encodePiece(byte[] bytes, int length, IntList out) {
    if (length <= longestWholePiece) {
      var token = wholePieces.get(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
      if (token != null) {
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

  private void addTokens(int symbol, IntList out) {
    if (symbol < vocabularySize) {
      out.add(symbol);
      return;
    }
    byte[] parts = symbolsWithoutToken.get(symbol - vocabularySize);
    for (byte part : parts) {
      int token = symbolOfByte[part & 0xFF];
      if (token >= vocabularySize) {
        token = unknownFor(part & 0xFF);
      }
      out.add(token);
    }
  }

  private int unknownFor(int unsignedByte) {
    return unknown.orElseThrow(
        () ->
            new IllegalArgumentException(
                "The vocabulary has no token for byte 0x%02X and no unknown token to stand for it"
                    .formatted(unsignedByte)));
  }

  private static Map<String, Integer> wholePieces(Vocabulary vocabulary) {
    var pieces = new HashMap<String, Integer>();
    for (int id = 0; id < vocabulary.size(); id++) {
      if (!NEVER_FROM_TEXT.contains(vocabulary.type(id))) {
        pieces.putIfAbsent(new String(vocabulary.sharedBytes(id), StandardCharsets.ISO_8859_1), id);
      }
    }
    return pieces;
  }

  /** Writes {@code text[start, end)} as UTF-8; returns the number of bytes. */
  private static int utf8(String text, int start, int end, byte[] out) {
    int n = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        out[n++] = (byte) c;
      } else if (c < 0x800) {
        out[n++] = (byte) (0xC0 | c >> 6);
        out[n++] = (byte) (0x80 | c & 0x3F);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < end
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int codePoint = Character.toCodePoint(c, text.charAt(++i));
        out[n++] = (byte) (0xF0 | codePoint >> 18);
        out[n++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
        out[n++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        out[n++] = (byte) (0x80 | codePoint & 0x3F);
      } else {
        int unit = Character.isSurrogate(c) ? 0xFFFD : c;
        out[n++] = (byte) (0xE0 | unit >> 12);
        out[n++] = (byte) (0x80 | unit >> 6 & 0x3F);
        out[n++] = (byte) (0x80 | unit & 0x3F);
      }
    }
    return n;
  }

  /** Numbers token texts: the id where there is a token, else a number past the vocabulary. */
  private static final class SymbolTable {
    private final Vocabulary vocabulary;
    private final Map<String, Integer> added = new HashMap<>();
    private final List<String> withoutToken = new ArrayList<>();

    SymbolTable(Vocabulary vocabulary) {
      this.vocabulary = vocabulary;
    }

    int of(String text) {
      var token = vocabulary.find(text);
      if (token.isPresent() && !NEVER_FROM_TEXT.contains(vocabulary.type(token.getAsInt()))) {
        return token.getAsInt();
      }
      return added.computeIfAbsent(
          text,
          absent -> {
            withoutToken.add(absent);
            return vocabulary.size() + withoutToken.size() - 1;
          });
    }
  }
}
