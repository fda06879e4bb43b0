package io.github.bitnet4j.constraint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.sampling.Candidates;
import io.github.bitnet4j.text.ControlTokens;
import io.github.bitnet4j.text.TokenType;
import io.github.bitnet4j.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Held to any of many random grammars")
class MaskTest {
  private static final int SEEDS = 400;
  private static final int TOKENS_OF_A_TEXT = 6;
  private static final Tokenizer TOKENIZER = Vocabularies.bytes(1, "abcéê€😀");
  private static final ConstraintCompiler COMPILER = new ConstraintCompiler(TOKENIZER);

  static LongStream seeds() {
    return LongStream.range(0, SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aTokenMayFollowIfAndOnlyIfSomeTextGoesOnWithIt(long seed) {
    var grammar = RandomGrammars.of(seed);
    var judge = new NaiveMatcher(grammar);
    var matcher = COMPILER.compile(grammar).newMatcher();
    var random = new Random(seed);
    var text = new ByteArrayOutputStream();
    for (int i = 0; i < TOKENS_OF_A_TEXT; i++) {
      int[] allowed = matcher.allowedTokens();
      assertArrayEquals(allowedBy(judge, text.toByteArray()), allowed, grammar::toString);
      int[] ordinary = IntStream.of(allowed).filter(id -> id > 1).toArray();
      if (ordinary.length == 0) {
        break;
      }
      int token = ordinary[random.nextInt(ordinary.length)];
      matcher.accept(token);
      text.writeBytes(TOKENIZER.vocabulary().bytes(token));
    }
  }

  private static int[] allowedBy(NaiveMatcher judge, byte[] text) {
    return IntStream.range(0, TOKENIZER.vocabulary().size())
        .filter(
            id -> {
              if (TOKENIZER.vocabulary().isEndOfGeneration(id)) {
                return judge.matches(text);
              }
              if (TOKENIZER.vocabulary().type(id) != TokenType.NORMAL) {
                return false;
              }
              byte[] token = TOKENIZER.vocabulary().bytes(id);
              byte[] all = Arrays.copyOf(text, text.length + token.length);
              System.arraycopy(token, 0, all, text.length, token.length);
              return judge.matchesStart(all);
            })
        .toArray();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aTextIsCompleteInTheTokensThatAreSaidToBeEnough(long seed) {
    var constraint = COMPILER.compile(RandomGrammars.of(seed));
    var random = new Random(seed);
    for (int spare = 0; spare < 6; spare++) {
      var matcher = constraint.newMatcher();
      int room = matcher.tokensNeeded().orElseThrow() + spare;
      var tokens = new ArrayList<Integer>();
      while (tokens.size() < room && !matcher.isFinished()) {
        int token = choose(matcher, room - tokens.size() - 1, random);
        if (TOKENIZER.vocabulary().isEndOfGeneration(token)) {
          break;
        }
        matcher.accept(token);
        tokens.add(token);
      }
      assertTrue(matcher.isComplete(), () -> "after " + tokens);
      int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
      assertTrue(constraint.matches(TOKENIZER.decode(ControlTokens.OMIT, ids)));
    }
  }

  private static int choose(ConstraintMatcher matcher, int tokensLeft, Random random) {
    var candidates = new Candidates();
    var logits = new float[TOKENIZER.vocabulary().size()];
    candidates.load(MemorySegment.ofArray(logits));
    matcher.keepAllowed(candidates, tokensLeft);
    return candidates.id(random.nextInt(candidates.size()));
  }

  @Test
  void manyThreadsSeeWhatOneSees() throws Exception {
    var grammar = RandomGrammars.of(7);
    var expected = walks(COMPILER.compile(grammar));
    var shared = COMPILER.compile(grammar);
    try (var threads = Executors.newFixedThreadPool(4)) {
      Callable<String> task = () -> walks(shared);
      for (var result : threads.invokeAll(java.util.Collections.nCopies(8, task))) {
        assertEquals(expected, result.get());
      }
    }
  }

  private static String walks(Constraint constraint) {
    var log = new StringBuilder();
    for (int seed = 0; seed < 30; seed++) {
      var random = new Random(seed);
      var matcher = constraint.newMatcher();
      for (int i = 0; i < 10 && !matcher.isFinished(); i++) {
        int[] allowed = matcher.allowedTokens();
        int token = allowed[random.nextInt(allowed.length)];
        log.append(Arrays.hashCode(allowed)).append(' ');
        matcher.accept(token);
      }
    }
    return log.toString();
  }
}
