package io.github.bitnet4j.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodePointSetTest {
  private static final BitSet ALL = bits(CodePointSet.ALL);

  private static BitSet bits(CodePointSet set) {
    var bits = new BitSet();
    set.ranges().forEach(range -> bits.set(range.first(), range.last() + 1));
    return bits;
  }

  private static CodePointSet random(Random random) {
    var ranges = new ArrayList<CodePointSet.Range>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      int first = random.nextInt(Character.MAX_CODE_POINT);
      int length = random.nextInt(1 << random.nextInt(17));
      ranges.add(new CodePointSet.Range(first, Math.min(first + length, Character.MAX_CODE_POINT)));
    }
    return new CodePointSet(ranges);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void joinsCutsAndTurnsAroundAsSetsDo(long seed) {
    var random = new Random(seed);
    var a = random(random);
    var b = random(random);
    var or = bits(a);
    or.or(bits(b));
    assertEquals(or, bits(a.or(b)));
    var and = bits(a);
    and.and(bits(b));
    assertEquals(and, bits(a.and(b)));
    var not = (BitSet) ALL.clone();
    not.andNot(bits(a));
    assertEquals(not, bits(a.not()));
  }

  @Test
  void neverHoldsASurrogate() {
    assertEquals(
        List.of(new CodePointSet.Range(0xD000, 0xD7FF), new CodePointSet.Range(0xE000, 0xE001)),
        CodePointSet.range(0xD000, 0xE001).ranges());
    assertFalse(CodePointSet.ALL.contains(0xD800));
    assertTrue(CodePointSet.ALL.contains(0xE000));
    assertEquals(CodePointSet.NONE, CodePointSet.ALL.not());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void isReadByteByByteWithoutALoss(long seed) {
    var set =
        random(new Random(seed)).or(CodePointSet.range(0x7F, 0x81)).or(CodePointSet.of("ࠀ\uFFFF"));
    var rules = new LinkedHashMap<String, Expression>();
    rules.put("root", new Expression.OneOf(set));
    var constraint =
        new ConstraintCompiler(Vocabularies.withPieces()).compile(new Grammar("root", rules));
    var random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      int c = i < 0x1000 ? i : random.nextInt(Character.MAX_CODE_POINT + 1);
      if (CodePointSet.ALL.contains(c)) {
        assertEquals(set.contains(c), constraint.matches(Character.toString(c)));
      }
    }
    for (var range : set.ranges()) {
      int[] edges = {range.first() - 1, range.first(), range.last(), range.last() + 1};
      for (int c : edges) {
        if (CodePointSet.ALL.contains(c)) {
          assertEquals(set.contains(c), constraint.matches(Character.toString(c)));
        }
      }
    }
  }

  @Test
  void refusesARangeThatIsNone() {
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> new CodePointSet.Range(0x62, 0x61));
    assertEquals("U+0062 to U+0061 is no range of code points", refusal.getMessage());
  }

  @Test
  void aGrammarNamesTheRuleThatIsMissing() {
    var rules = new LinkedHashMap<String, Expression>();
    rules.put("root", new Expression.Sequence(List.of(new Expression.Reference("x"))));
    var refusal = assertThrows(IllegalArgumentException.class, () -> new Grammar("root", rules));
    assertEquals("rule \"root\" refers to \"x\", which does not exist", refusal.getMessage());
  }

  @Test
  void aGrammarRefusesExpressionsThatAreNestedTooDeep() {
    Expression expression = new Expression.Literal("a");
    for (int i = 0; i < 100_000; i++) {
      expression = new Expression.Repeat(expression, 0, 1);
    }
    var rules = new LinkedHashMap<String, Expression>();
    rules.put("root", expression);
    var refusal = assertThrows(IllegalArgumentException.class, () -> new Grammar("root", rules));
    assertEquals("rule \"root\" is nested more than 1000 deep", refusal.getMessage());
  }
}
