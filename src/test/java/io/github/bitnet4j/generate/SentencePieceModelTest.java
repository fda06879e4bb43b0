package io.github.bitnet4j.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.LoadOptions;
import io.github.bitnet4j.sampling.SamplingOptions;
import io.github.bitnet4j.testing.RandomModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of random weights whose vocabulary is SentencePiece's. */
class SentencePieceModelTest {
  private static final GenerateOptions ANY_TOKEN =
      GenerateOptions.sampling(
              SamplingOptions.DEFAULT
                  .withTemperature(100)
                  .withTopK(0)
                  .withTopP(1)
                  .withMinP(0)
                  .withSeed(5))
          .withMaxTokens(60);

  @TempDir static Path folder;
  private static BitNetModel model;

  @BeforeAll
  static void loadModel() throws Exception {
    Path file = folder.resolve("pieces.gguf");
    RandomModel.builder().sentencePiece(true).seed(3).write(file);
    model = BitNetModel.load(file, LoadOptions.DEFAULT.withThreads(2));
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  @Test
  void thePiecesJoinedContinueThePromptAsDecodingAllTokensDoes() {
    try (TextSession session = model.newSession()) {
      int[] prompt = model.tokenizer().encode("the cat");
      var all = new ArrayList<Integer>();
      var text = new StringBuilder("the cat");
      for (Piece piece : session.generate(prompt, ANY_TOKEN)) {
        text.append(piece.text());
        if (piece.token() != Piece.NO_TOKEN) {
          all.add(piece.token());
        }
      }
      int[] ids =
          IntStream.concat(IntStream.of(prompt), all.stream().mapToInt(Integer::intValue))
              .toArray();
      assertEquals(model.tokenizer().decode(ids), text.toString());
    }
  }

  @Test
  void textThatContinuesASessionGetsNoSpaceInFront() {
    try (TextSession session = model.newSession()) {
      session.generate("z", ANY_TOKEN.withMaxTokens(1)).text();
      int end = session.position();
      session.generate("q", ANY_TOKEN.withMaxTokens(1)).text();
      assertEquals(model.tokenizer().vocabulary().find("q").orElseThrow(), session.tokens()[end]);
    }
  }
}
