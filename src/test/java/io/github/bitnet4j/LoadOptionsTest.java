package io.github.bitnet4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.bitnet4j.generate.TextSession;
import io.github.bitnet4j.model.Activation;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.testing.Logits;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import io.github.bitnet4j.text.ChatTemplate;
import io.github.bitnet4j.text.ChatTemplates;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LoadOptionsTest {
  private static final LoadOptions ONE_THREAD = LoadOptions.DEFAULT.withThreads(1);

  private static BitNetModel load(LoadOptions options) throws Exception {
    return BitNetModel.of(TestModels.file(RandomModel.builder().seed(3).toBytes()), options);
  }

  private static float[] logits(BitNetModel model) {
    try (TextSession session = model.newSession()) {
      return Logits.copy(session.prefill(1, 2, 3));
    }
  }

  @Test
  void anotherActivationIsUsedInsteadOfTheFilesOwn() throws Exception {
    var silu = ModelOptions.DEFAULT.withThreads(1).withActivation(Activation.SILU);
    try (BitNetModel own = load(ONE_THREAD);
        BitNetModel other = load(ONE_THREAD.withModel(silu))) {
      assertEquals(Activation.RELU2, own.model().hyperparameters().activation());
      assertEquals(Activation.SILU, other.model().hyperparameters().activation());
      assertFalse(Arrays.equals(logits(own), logits(other)));
    }
  }

  @Test
  void anotherChatTemplateIsUsedInsteadOfTheFilesOwn() throws Exception {
    ChatTemplate template = ChatTemplates.bitNetCpp();
    try (BitNetModel model = load(ONE_THREAD.withChatTemplate(template))) {
      assertSame(template, model.chatTemplate());
    }
  }
}
