package io.github.bitnet4j.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes UTF-8 that arrives in arbitrary pieces. A sequence whose end has not arrived is held back
 * (at most three bytes). What can belong to no sequence becomes U+FFFD, one for each maximal valid
 * prefix (Unicode 3.9), and one for each encoded surrogate. All pieces together give exactly what
 * {@code new String(bytes, UTF_8)} gives for all bytes together. For one thread.
 */
public final class Utf8Decoder {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] held = new byte[0];

  /** The text completed by {@code bytes}; empty while a sequence is incomplete. */
  public String accept(byte[] bytes) {
    return decode(bytes, false);
  }

  /** Ends the text: an incomplete sequence becomes U+FFFD. The decoder then starts afresh. */
  public String finish() {
    var rest = decode(new byte[0], true);
    decoder.reset();
    return rest;
  }

  /** Whether bytes of an incomplete sequence are held back. */
  public boolean isHolding() {
    return held.length > 0;
  }

  private String decode(byte[] bytes, boolean end) {
    var in = ByteBuffer.allocate(held.length + bytes.length).put(held).put(bytes).flip();
    var out = CharBuffer.allocate(in.remaining() + 1);
    CoderResult result = decoder.decode(in, out, end);
    if (end && result.isUnderflow()) {
      result = decoder.flush(out);
    }
    if (!result.isUnderflow()) {
      throw new AssertionError("UTF-8 gives at most one char per byte, but: " + result);
    }
    held = new byte[in.remaining()];
    in.get(held);
    return out.flip().toString();
  }
}
