package io.github.bitnet4j.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufFormatException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** These files are for the model to refuse, so the container must let them pass. */
class WrongModelsTest {
  @Test
  void theContainerOfEveryWrongModelIsSound() {
    var refused = new ArrayList<String>();
    var names = new HashSet<String>();
    for (var file : WrongModels.files().toList()) {
      assertTrue(names.add(file.name()), "twice: " + file.name());
      try {
        GgufFile.of(MemorySegment.ofArray(file.bytes()), "model.gguf");
      } catch (GgufFormatException e) {
        refused.add(file + ": " + e.getMessage());
      }
    }
    assertEquals(List.of(), refused);
    assertTrue(names.size() >= 100, "only " + names.size() + " files");
  }
}
