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

  /** A control token, which only grammars that name it allow. */
  private static final int NAMED = 0;

  /** The token of the byte that stands for it. */
  private static final int BYTE_OF_NAMED = 3 + (NaiveMatcher.TOKEN & 0xFF);

  private static final Tokenizer TOKENIZER = Vocabularies.bytes(1, "abcéê€😀");
  private static final ConstraintCompiler COMPILER = new ConstraintCompiler(TOKENIZER);

  static LongStream seeds() {
    return LongStream.range(0, SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aTokenMayFollowIfAndOnlyIfSomeTextGoesOnWithIt(long seed) {
    checkMasks(RandomGrammars.of(seed), seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aControlTokenMayFollowWhereTheGrammarNamesIt(long seed) {
    checkMasks(RandomGrammars.withToken(seed, Expression.Token.numbered(NAMED)), seed);
  }

  private static void checkMasks(Grammar grammar, long seed) {
    var judge = new NaiveMatcher(grammar);
    var matcher = COMPILER.compile(grammar).newMatcher();
    var random = new Random(seed);
    var text = new ByteArrayOutputStream();
    for (int i = 0; i < TOKENS_OF_A_TEXT; i++) {
      int[] allowed = matcher.allowedTokens();
      assertArrayEquals(allowedBy(judge, text.toByteArray()), allowed, grammar::toString);
      int[] more =
          IntStream.of(allowed)
              .filter(id -> !TOKENIZER.vocabulary().isEndOfGeneration(id))
              .toArray();
      if (more.length == 0) {
        break;
      }
      int token = more[random.nextInt(more.length)];
      matcher.accept(token);
      text.writeBytes(bytes(token));
    }
  }

  private static TokenType type(int token) {
    return TOKENIZER.vocabulary().type(token);
  }

  private static byte[] bytes(int token) {
    return token == NAMED ? new byte[] {NaiveMatcher.TOKEN} : TOKENIZER.vocabulary().bytes(token);
  }

  private static int[] allowedBy(NaiveMatcher judge, byte[] text) {
    return IntStream.range(0, TOKENIZER.vocabulary().size())
        .filter(
            id -> {
              if (TOKENIZER.vocabulary().isEndOfGeneration(id)) {
                return judge.matches(text);
              }
              if (id == BYTE_OF_NAMED || id != NAMED && type(id) != TokenType.NORMAL) {
                return false;
              }
              byte[] token = bytes(id);
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
    for (int spare = 0; spare < 6; spare++) {
      int[] ids = complete(constraint, spare, new Random(seed + spare));
      assertTrue(constraint.matches(TOKENIZER.decode(ControlTokens.OMIT, ids)));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void namedTokensCountAmongThoseThatAreSaidToBeEnough(long seed) {
    var token = Expression.Token.numbered(NAMED);
    var constraint = COMPILER.compile(RandomGrammars.withToken(seed, token));
    for (int spare = 0; spare < 3; spare++) {
      complete(constraint, spare, new Random(seed + spare));
    }
  }

  /** A random text for which there is room for so many tokens more than are said to be enough. */
  private static int[] complete(Constraint constraint, int spare, Random random) {
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
    return tokens.stream().mapToInt(Integer::intValue).toArray();
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
