package io.github.bitnet4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufWriter;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TokenizerDataTest {
  private static final List<String> TOKENS = List.of("a", "b", "ab", "<s>", "</s>");

  @Test
  void readsAWholeTokenizerFromAFile() throws GgufFormatException {
    var writer =
        complete()
            .string("tokenizer.ggml.pre", "llama-bpe")
            .floats("tokenizer.ggml.scores", 0, 1, 2, 3, 4)
            .u32("tokenizer.ggml.eot_token_id", 4)
            .bool("tokenizer.ggml.add_bos_token", false)
            .bool("tokenizer.ggml.add_eos_token", true)
            .string("tokenizer.chat_template", "{{ x }}");
    var data = read(writer);
    assertEquals(Optional.of("llama-bpe"), data.pre());
    assertEquals(TOKENS, data.tokens());
    assertEquals(TokenType.CONTROL, data.type(3));
    assertArrayEquals(new float[] {0, 1, 2, 3, 4}, data.scores());
    assertEquals(List.of("a b"), data.merges());
    assertEquals(OptionalInt.of(3), data.special().bos());
    assertEquals(OptionalInt.of(4), data.special().eot());
    assertEquals(OptionalInt.empty(), data.special().padding());
    assertEquals(Optional.of("{{ x }}"), data.chatTemplate());
    assertArrayEquals(
        new int[] {2, 4}, Tokenizer.of(data, Compatibility.HUGGING_FACE).encode("ab"));
  }

  @Test
  void aFileWithoutTokensIsRefused() {
    assertRefused("tokenizer.ggml.tokens", new GgufWriter().string("tokenizer.ggml.model", "gpt2"));
  }

  @Test
  void anEmptyVocabularyIsRefused() {
    assertRefused(
        "tokenizer.ggml.tokens",
        new GgufWriter()
            .string("tokenizer.ggml.model", "gpt2")
            .strings("tokenizer.ggml.tokens", List.of()));
  }

  @Test
  void aFileThatDoesNotNameTheFamilyIsRefused() {
    assertRefused(
        "tokenizer.ggml.model", new GgufWriter().strings("tokenizer.ggml.tokens", TOKENS));
  }

  @Test
  void typesAndScoresThatAreNotOnePerTokenAreRefused() {
    assertRefused("tokenizer.ggml.token_type", minimal().ints("tokenizer.ggml.token_type", 1, 1));
    assertRefused("tokenizer.ggml.scores", minimal().floats("tokenizer.ggml.scores", 1));
  }

  @Test
  void aTypeThatDoesNotExistIsRefused() {
    assertRefused(
        "tokenizer.ggml.token_type", minimal().ints("tokenizer.ggml.token_type", 1, 1, 1, 7, 3));
    assertRefused(
        "tokenizer.ggml.token_type", minimal().ints("tokenizer.ggml.token_type", 1, 1, 1, -1, 3));
  }

  @Test
  void anIdOutsideTheVocabularyIsRefused() {
    for (var role : List.of("bos", "eos", "eot", "eom", "unknown", "padding")) {
      var key = "tokenizer.ggml." + role + "_token_id";
      assertRefused(key, minimal().u32(key, 5));
    }
  }

  @Test
  void aMergeThatIsNotTwoTextsIsRefused() {
    for (var merge : List.of("ab", "", " ", "a ", " b")) {
      assertRefused(
          "tokenizer.ggml.merges",
          minimal().strings("tokenizer.ggml.merges", List.of("a b", merge)));
    }
  }

  @Test
  void aFamilyOrPreTokenizerThatIsNotSupportedIsRefusedWithItsKey() {
    assertTokenizerRefused(
        "tokenizer.ggml.model",
        new GgufWriter()
            .string("tokenizer.ggml.model", "rwkv")
            .strings("tokenizer.ggml.tokens", TOKENS));
    assertTokenizerRefused(
        "tokenizer.ggml.pre", complete().string("tokenizer.ggml.pre", "chameleon"));
  }

  @Test
  void aFileWithNothingOptionalIsAccepted() throws GgufFormatException {
    var data = read(minimal());
    assertEquals(TokenType.NORMAL, data.type(0));
    assertEquals(SpecialTokens.NONE, data.special());
    assertTrue(data.merges().isEmpty());
  }

  private static GgufWriter minimal() {
    return new GgufWriter()
        .string("tokenizer.ggml.model", "gpt2")
        .strings("tokenizer.ggml.tokens", TOKENS);
  }

  private static GgufWriter complete() {
    return minimal()
        .ints("tokenizer.ggml.token_type", 1, 1, 1, 3, 3)
        .strings("tokenizer.ggml.merges", List.of("a b"))
        .u32("tokenizer.ggml.bos_token_id", 3)
        .u32("tokenizer.ggml.eos_token_id", 4);
  }

  private static TokenizerData read(GgufWriter writer) throws GgufFormatException {
    try (var file = GgufFile.of(MemorySegment.ofArray(writer.toBytes()), "test.gguf")) {
      return TokenizerData.from(file.metadata());
    }
  }

  private static void assertRefused(String key, GgufWriter writer) {
    assertNames(key, assertThrows(GgufFormatException.class, () -> read(writer)));
  }

  private static void assertTokenizerRefused(String key, GgufWriter writer) {
    assertNames(
        key,
        assertThrows(
            GgufFormatException.class,
            () -> {
              try (var file = GgufFile.of(MemorySegment.ofArray(writer.toBytes()), "test.gguf")) {
                Tokenizer.from(file.metadata(), Compatibility.HUGGING_FACE);
              }
            }));
  }

  private static void assertNames(String key, GgufFormatException refusal) {
    assertTrue(refusal.field().contains(key), refusal.getMessage());
  }
}
