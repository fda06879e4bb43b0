package io.github.bitnet4j.constraint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.bitnet4j.sampling.Candidates;
import io.github.bitnet4j.text.Tokenizer;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where all tokens are looked at together, each alone is the judge. */
@DisplayName("In free text")
class FreeTextTest {
  private static final String[] GRAMMARS = {
    "root ::= \"\\\"\" [^\"\\\\]* \"\\\"\" [a-z]*",
    "root ::= \"\\\"\" [^\"\\\\\\x00-\\x1F]{0,100} \"\\\"\"",
    "root ::= .*",
    "root ::= [^\\x7F]*",
    "root ::= [^é]* \"!\"",
    "root ::= [^€]* \"!\"",
    "root ::= [^\\U0001F600]* \"!\"",
    "root ::= [^\\u0800-\\uFFFF]* \"\\\"\"",
    "root ::= s \",\" s\ns ::= [^\"]*",
    "root ::= s s\ns ::= [^b]* \"b\"",
    "root ::= s s s\ns ::= \"a\" [^b]*",
    "root ::= s t\ns ::= \"\\\"\" .* \"\\\"\" t? s?\nt ::= [^a]* \"a\" | s",
    "root ::= \"a\" root \"b\" | [^ab]*",
    "root ::= (s | \"b\" s)*\ns ::= [^b]+ \"b\" [^a]+"
  };

  private record Case(long seed, String grammar) {}

  static Stream<Case> cases() {
    return Stream.of(GRAMMARS)
        .flatMap(grammar -> IntStream.range(0, 8).mapToObj(seed -> new Case(seed, grammar)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aTokenMayFollowIfItMayAlone(Case given) {
    var tokenizer = Vocabularies.bytes(given.seed, "ab\", é€😀\u007F");
    var matcher = new ConstraintCompiler(tokenizer).compile(Gbnf.parse(given.grammar)).newMatcher();
    var random = new Random(given.seed);
    for (int i = 0; i < 12 && !matcher.isFinished(); i++) {
      int[] allowed = ids(tokenizer, matcher::allows);
      assertArrayEquals(allowed, matcher.allowedTokens());
      for (int tokensLeft = 0; tokensLeft < 5; tokensLeft++) {
        assertArrayEquals(
            fitting(tokenizer, matcher, tokensLeft), kept(tokenizer, matcher, tokensLeft));
      }
      matcher.accept(allowed[random.nextInt(allowed.length)]);
    }
  }

  private static int[] kept(Tokenizer tokenizer, ConstraintMatcher matcher, int tokensLeft) {
    var candidates = new Candidates();
    candidates.load(MemorySegment.ofArray(new float[tokenizer.vocabulary().size()]));
    matcher.keepAllowed(candidates, tokensLeft);
    return IntStream.range(0, candidates.size()).map(candidates::id).sorted().toArray();
  }

  private static int[] fitting(Tokenizer tokenizer, ConstraintMatcher matcher, int tokensLeft) {
    boolean isRoom = matcher.tokensNeeded().orElseThrow() <= tokensLeft + 1;
    return ids(
        tokenizer,
        token -> {
          if (!matcher.allows(token)) {
            return false;
          }
          var after = matcher.fork();
          after.accept(token);
          return !isRoom
              || tokenizer.vocabulary().isEndOfGeneration(token)
              || after.tokensNeeded().orElseThrow() <= tokensLeft;
        });
  }

  private static int[] ids(Tokenizer tokenizer, IntPredicate predicate) {
    return IntStream.range(0, tokenizer.vocabulary().size()).filter(predicate).toArray();
  }
}
