package io.github.bitnet4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.bitnet4j.generate.TextSession;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.testing.MalformedFile;
import io.github.bitnet4j.testing.MalformedFiles;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import io.github.bitnet4j.testing.WrongModels;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Damaged files and files that hold no BitNet model, loaded the way a user would. */
class MalformedModelTest {
  private static final long MEMORY_ALLOWANCE = 64L << 20;
  private static final LoadOptions OPTIONS = LoadOptions.DEFAULT.withThreads(1);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final byte[] valid =
      RandomModel.builder().layers(1).embd(128).ffn(128).heads(2).kvHeads(1).vocab(270).toBytes();

  @Test
  void everyWrongModelIsRefusedWithTheFieldAtFault() {
    var problems = new ArrayList<String>();
    for (MalformedFile file : WrongModels.files().toList()) {
      try (BitNetModel model = load(file)) {
        problems.add(file + ": was loaded: " + model.model().hyperparameters());
      } catch (GgufFormatException e) {
        if (e.field().isBlank() || e.getMessage().lines().count() != 1) {
          problems.add(file + ": " + e.getMessage());
        }
      } catch (Exception | Error e) {
        problems.add(file + ": " + e);
      }
    }
    assertEquals(List.of(), problems);
  }

  @Test
  void everyDamagedFileIsRefusedOrComputes() {
    var problems = new ArrayList<String>();
    int refused = 0;
    int computed = 0;
    for (MalformedFile file : damaged().toList()) {
      try (BitNetModel model = load(file);
          TextSession session = model.newSession(SessionOptions.DEFAULT.withContextLength(32))) {
        session.prefill(0, 1, 2);
        computed++;
      } catch (GgufFormatException e) {
        refused++;
      } catch (Exception | Error e) {
        problems.add(file + ": " + e);
      }
    }
    assertEquals(List.of(), problems);
    assertTrue(refused >= 2_000, "only " + refused + " were refused");
    assertTrue(computed >= 20, "only " + computed + " computed");
  }

  @Test
  void noFileMakesLoadingTakeMuchMoreMemoryThanItsSize() {
    var greedy =
        Stream.concat(WrongModels.files(), damaged())
            .filter(file -> bytesAllocated(file) > file.bytes().length + MEMORY_ALLOWANCE)
            .map(MalformedFile::name)
            .toList();
    assertEquals(List.of(), greedy);
  }

  private Stream<MalformedFile> damaged() {
    return Stream.of(
            MalformedFiles.wrongFields(valid),
            MalformedFiles.truncated(valid),
            MalformedFiles.flipped(valid, 99, 1_000))
        .flatMap(files -> files);
  }

  private static BitNetModel load(MalformedFile file) throws GgufFormatException {
    return BitNetModel.of(TestModels.file(file.bytes()), OPTIONS);
  }

  private static long bytesAllocated(MalformedFile file) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try (BitNetModel model = load(file)) {
      model.tokenizer();
    } catch (GgufFormatException e) {
      // Refused or not, what counts here is the memory it took.
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
