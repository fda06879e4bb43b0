package io.github.bitnet4j.text;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;

/**
 * Cuts text that is being read into chunks that give, encoded one by one, the tokens of the whole:
 * where the encoder may cut, and no special token's text stands on both sides. For one thread.
 */
final class ChunkedText {
  private static final int FIRST_CAPACITY = 1 << 16;

  private final Reader reader;
  private final SubwordEncoder encoder;
  private final SpecialTokenSplitter splitter;
  private char[] buffer;
  private int length;
  private boolean ended;

  ChunkedText(Reader reader, SubwordEncoder encoder, SpecialTokenSplitter splitter) {
    this(reader, encoder, splitter, FIRST_CAPACITY);
  }

  ChunkedText(
      Reader reader, SubwordEncoder encoder, SpecialTokenSplitter splitter, int firstCapacity) {
    this.reader = reader;
    this.encoder = encoder;
    this.splitter = splitter;
    buffer = new char[firstCapacity];
  }

  /** The next chunk; empty at the end of the text. */
  String next() throws IOException {
    while (true) {
      fill();
      int end = ended ? length : lastCut();
      if (end > 0 || ended) {
        var chunk = new String(buffer, 0, end);
        length -= end;
        System.arraycopy(buffer, end, buffer, 0, length);
        return chunk;
      }
      buffer = Arrays.copyOf(buffer, Math.multiplyExact(buffer.length, 2));
    }
  }

  private void fill() throws IOException {
    while (!ended && length < buffer.length) {
      int read = reader.read(buffer, length, buffer.length - length);
      if (read < 0) {
        ended = true;
      } else {
        length += read;
      }
    }
  }

  /** Where the last chunk ends that what is not yet read cannot change, or 0. */
  private int lastCut() {
    int cut = Math.min(length - 1, length - splitter.longestText());
    while (cut > 0
        && !(encoder.mayCut(buffer[cut - 1], buffer[cut])
            && !splitter.spans(buffer, length, cut))) {
      cut--;
    }
    return Math.max(0, cut);
  }
}
