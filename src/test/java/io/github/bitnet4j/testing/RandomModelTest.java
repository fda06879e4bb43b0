package io.github.bitnet4j.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class RandomModelTest {
  private static final int COLUMNS = 256;

  private static GgufFile open(RandomModel.Builder builder) throws GgufFormatException {
    return GgufFile.of(MemorySegment.ofArray(builder.toBytes()), "random.gguf");
  }

  private static byte[] packed(RandomModel.Builder builder) throws GgufFormatException {
    return open(builder)
        .tensor("blk.1.attn_k.weight")
        .orElseThrow()
        .data()
        .toArray(ValueLayout.JAVA_BYTE);
  }

  /** Code of an element by the layouts' descriptions, written out apart from the encoder. */
  private static int code(byte[] packed, I2sLayout layout, int element) {
    return switch (layout) {
      case L1 -> {
        int inBlock = element % 128;
        yield packed[32 * (element / 128) + inBlock % 32] >> (6 - 2 * (inBlock / 32)) & 3;
      }
      case L2 -> {
        int inBlock = element % 64;
        yield packed[16 * (element / 64) + inBlock % 16] >> (6 - 2 * (inBlock / 16)) & 3;
      }
      case L3 -> {
        int row = element / COLUMNS;
        int column = element % COLUMNS;
        yield packed[row / 4 * COLUMNS + column] >> (6 - 2 * (row % 4)) & 3;
      }
    };
  }

  private static int[] codes(RandomModel.Builder builder, I2sLayout layout)
      throws GgufFormatException {
    byte[] packed = packed(builder.layout(layout));
    var codes = new int[4 * (packed.length - 32)];
    Arrays.setAll(codes, i -> code(packed, layout, i));
    return codes;
  }

  @Test
  void theThreeLayoutsHoldTheSameWeights() throws Exception {
    int[] l1 = codes(RandomModel.builder(), I2sLayout.L1);

    assertEquals(128 * COLUMNS, l1.length);
    assertArrayEquals(l1, codes(RandomModel.builder(), I2sLayout.L2));
    assertArrayEquals(l1, codes(RandomModel.builder(), I2sLayout.L3));
    assertEquals(3, Arrays.stream(l1).distinct().count());
  }

  @Test
  void theFourthCodeAppearsOnlyWhenAskedFor() throws Exception {
    int[] codes = codes(RandomModel.builder().fourthCode(true), I2sLayout.L1);

    assertTrue(Arrays.stream(codes).anyMatch(c -> c == 3));
  }

  @Test
  void aSeedGivesTheSameBytesAndAnotherSeedOthers() throws Exception {
    byte[] first = RandomModel.builder().seed(5).toBytes();

    assertArrayEquals(first, RandomModel.builder().seed(5).toBytes());
    assertFalse(Arrays.equals(first, RandomModel.builder().seed(6).toBytes()));
  }

  @Test
  void settingsReachTheFile() throws Exception {
    GgufFile file =
        open(
            RandomModel.builder()
                .architecture("bitnet")
                .layers(3)
                .embdType(GgmlType.BF16)
                .normsType(GgmlType.F16)
                .head(GgmlType.F32)
                .ropeFreqs(true)
                .ropeScale(2)
                .without("general.name"));

    assertEquals(3, file.metadata().requireInt32("bitnet.block_count"));
    assertEquals(2f, file.metadata().requireFloat32("bitnet.rope.scaling.factor"));
    assertFalse(file.metadata().contains("general.name"));
    assertEquals(GgmlType.BF16, file.tensor("token_embd.weight").orElseThrow().type());
    assertEquals(GgmlType.F32, file.tensor("output.weight").orElseThrow().type());
    assertEquals(GgmlType.F16, file.tensor("blk.2.ffn_sub_norm.weight").orElseThrow().type());
    assertEquals(32, file.tensor("rope_freqs.weight").orElseThrow().elementCount());
  }

  @Test
  void theVocabularyHoldsEveryByteAndEveryMergeMakesAToken() throws Exception {
    RandomVocabulary vocabulary = RandomVocabulary.of(700);

    var tokens = new HashSet<>(vocabulary.tokens());
    assertEquals(700, tokens.size());
    assertEquals(700 - 256 - 3, vocabulary.merges().size());
    for (String merge : vocabulary.merges()) {
      String[] pair = merge.split(" ");
      assertTrue(tokens.contains(pair[0]) && tokens.contains(pair[1]), merge);
      assertTrue(tokens.contains(pair[0] + pair[1]), merge);
    }
    assertEquals("A", vocabulary.tokens().get('A'));
    assertEquals("Ġ", vocabulary.tokens().get(' '));
    assertEquals("Ċ", vocabulary.tokens().get('\n'));
    assertEquals("ÿ", vocabulary.tokens().get(255));
    assertEquals("Ń", vocabulary.tokens().get(173));
    assertEquals("<|eot_id|>", vocabulary.tokens().getLast());
  }
}
