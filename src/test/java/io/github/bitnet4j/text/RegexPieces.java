package io.github.bitnet4j.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pieces that {@link java.util.regex} makes with the expressions as published. */
final class RegexPieces {
  private final List<Pattern> patterns;

  RegexPieces(List<String> expressions) {
    patterns = expressions.stream().map(RegexPieces::compile).toList();
  }

  List<String> of(String text) {
    var pieces = text.isEmpty() ? List.<String>of() : List.of(text);
    for (var pattern : patterns) {
      var cut = new ArrayList<String>();
      for (var piece : pieces) {
        cut(pattern.matcher(piece), piece, cut);
      }
      pieces = cut;
    }
    return pieces;
  }

  private static void cut(Matcher matcher, String text, List<String> pieces) {
    int done = 0;
    while (matcher.find()) {
      if (matcher.start() > done) {
        pieces.add(text.substring(done, matcher.start()));
      }
      pieces.add(matcher.group());
      done = matcher.end();
    }
    if (done < text.length()) {
      pieces.add(text.substring(done));
    }
  }

  /** Java's {@code \s} is ASCII only, and its {@code (?i:)} folds ASCII only. */
  private static Pattern compile(String expression) {
    return Pattern.compile(
        expression
            .replace("(?i:", "(?iu:")
            .replace("\\s", "\\p{IsWhite_Space}")
            .replace("\\S", "\\P{IsWhite_Space}"));
  }
}
