package io.github.bitnet4j.constraint;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Makes the nodes that read one code point out of a set, byte by byte of its UTF-8. */
final class Utf8Terminals {
  private static final int CONTINUATION_BITS = 6;
  private static final int CONTINUATION_MASK = 0x3F;
  private static final int[] FIRST_OF_LENGTH = {0, 0x80, 0x800, 0x10000, 0x110000};
  private static final int[] LEAD_BITS = {0, 0xC0, 0xE0, 0xF0};

  private final NodeFactory factory;

  Utf8Terminals(NodeFactory factory) {
    this.factory = factory;
  }

  /** Bytes from one of {@code from} to the same of {@code to}, at each place for itself. */
  private record Span(int[] from, int[] to) {}

  Node oneOf(CodePointSet set) {
    var spans = new ArrayList<Span>();
    for (var range : set.ranges()) {
      for (int bytes = 1; bytes <= 4; bytes++) {
        int first = Math.max(range.first(), FIRST_OF_LENGTH[bytes - 1]);
        int last = Math.min(range.last(), FIRST_OF_LENGTH[bytes] - 1);
        if (first <= last) {
          addSpans(first, last, bytes, spans);
        }
      }
    }
    return node(spans, 0);
  }

  /** Cuts a range so that each part has, at every place, any byte between two. */
  private static void addSpans(int first, int last, int bytes, List<Span> spans) {
    for (int low = CONTINUATION_BITS; low < bytes * CONTINUATION_BITS; low += CONTINUATION_BITS) {
      int mask = (1 << low) - 1;
      if (first >> low != last >> low) {
        if ((first & mask) != 0) {
          addSpans(first, first | mask, bytes, spans);
          addSpans((first | mask) + 1, last, bytes, spans);
          return;
        }
        if ((last & mask) != mask) {
          addSpans(first, (last & ~mask) - 1, bytes, spans);
          addSpans(last & ~mask, last, bytes, spans);
          return;
        }
      }
    }
    spans.add(new Span(encode(first, bytes), encode(last, bytes)));
  }

  private static int[] encode(int codePoint, int bytes) {
    var encoded = new int[bytes];
    int rest = codePoint;
    for (int i = bytes - 1; i > 0; i--) {
      encoded[i] = 0x80 | rest & CONTINUATION_MASK;
      rest >>= CONTINUATION_BITS;
    }
    encoded[0] = LEAD_BITS[bytes - 1] | rest;
    return encoded;
  }

  /** Reads any of the spans from the byte at {@code place} on. */
  private Node node(List<Span> spans, int place) {
    if (spans.isEmpty()) {
      return Node.NOTHING;
    }
    if (spans.getFirst().from.length == place) {
      return Node.EMPTY;
    }
    var cuts = new TreeSet<Integer>();
    for (var span : spans) {
      cuts.add(span.from[place]);
      cuts.add(span.to[place] + 1);
    }
    var from = new ArrayList<Integer>();
    var to = new ArrayList<Integer>();
    var then = new ArrayList<Node>();
    for (int start : cuts.headSet(cuts.last())) {
      int end = cuts.higher(start) - 1;
      var through =
          spans.stream().filter(s -> s.from[place] <= start && end <= s.to[place]).toList();
      var next = through.isEmpty() ? Node.NOTHING : node(through, place + 1);
      if (next == Node.NOTHING) {
        continue;
      }
      if (!then.isEmpty() && then.getLast() == next && to.getLast() == start - 1) {
        to.set(to.size() - 1, end);
      } else {
        from.add(start);
        to.add(end);
        then.add(next);
      }
    }
    return factory.terminal(
        from.stream().mapToInt(Integer::intValue).toArray(),
        to.stream().mapToInt(Integer::intValue).toArray(),
        then.toArray(Node[]::new));
  }
}
