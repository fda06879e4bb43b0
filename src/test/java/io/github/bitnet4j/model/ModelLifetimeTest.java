package io.github.bitnet4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.ffi.NativePool;
import io.github.bitnet4j.gguf.GgmlType;
import io.github.bitnet4j.session.Session;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.testing.Logits;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ModelLifetimeTest {

  @Test
  void aModelClosedFirstLivesUntilItsLastSessionIsClosed() throws Exception {
    Model model = TestModels.load(RandomModel.builder());
    Session first = new Session(model, SessionOptions.DEFAULT);
    Session second = new Session(model, SessionOptions.DEFAULT);
    float[] before = Logits.copy(first.prefill(1, 2, 3));
    model.close();
    model.close();
    assertThrows(IllegalStateException.class, () -> new Session(model, SessionOptions.DEFAULT));
    assertThrows(IllegalStateException.class, first::fork);
    first.close();
    assertArrayEquals(before, Logits.copy(second.prefill(1, 2, 3)));
    second.close();
    assertThrows(IllegalStateException.class, model::lease);
  }

  @Test
  void aHeadThatCannotBeScreenedIsRefused() {
    var options = ModelOptions.DEFAULT.withScreenedHead(true);
    assertNotScreened(RandomModel.builder().head(GgmlType.Q6_K), options);
    assertNotScreened(RandomModel.builder(), options.withHeadType(HeadType.Q6_K));
  }

  private static void assertNotScreened(RandomModel.Builder builder, ModelOptions options) {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> TestModels.load(builder, options).close());
    assertTrue(e.getMessage().contains("a head of type Q6_K"), e.getMessage());
    assertTrue(e.getMessage().contains("without a screened head"), e.getMessage());
  }

  @Test
  void manySessionsOnPlatformAndVirtualThreadsAgree() throws Exception {
    int[] prompt = {5, 4, 3, 2, 1, 0};
    try (Model model = TestModels.load(RandomModel.builder())) {
      float[] expected;
      try (Session session = new Session(model, SessionOptions.DEFAULT)) {
        expected = Logits.copy(session.prefill(prompt));
      }
      Callable<float[]> work =
          () -> {
            try (Session session = new Session(model, SessionOptions.DEFAULT)) {
              return Logits.copy(session.prefill(prompt));
            }
          };
      List<Future<float[]>> results = new ArrayList<>();
      try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
          ExecutorService platform = Executors.newFixedThreadPool(4)) {
        for (int i = 0; i < 32; i++) {
          results.add(virtual.submit(work));
          results.add(platform.submit(work));
        }
      }
      for (Future<float[]> result : results) {
        assertArrayEquals(expected, result.get());
      }
    }
  }

  @Test
  void twoModelsShareOnePool() throws Exception {
    try (NativePool pool = new NativePool(3)) {
      ModelOptions options = ModelOptions.DEFAULT.withPool(pool);
      try (Model first = TestModels.load(RandomModel.builder().seed(1), options);
          Model second = TestModels.load(RandomModel.builder().seed(2), options);
          Session a = new Session(first, SessionOptions.DEFAULT);
          Session b = new Session(second, SessionOptions.DEFAULT)) {
        assertEquals(3, first.threads());
        a.prefill(1, 2);
        b.prefill(1, 2);
      }
      assertEquals(3, pool.threads());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void openingAndClosingThousandsOfTimesDoesNotGrowTheProcess() throws Exception {
    byte[] bytes = RandomModel.builder().toBytes();
    openAndClose(bytes, 500);
    System.gc();
    long before = residentKib();
    openAndClose(bytes, 2_000);
    System.gc();
    long growthKib = residentKib() - before;
    // A leak of one model's native memory, or of a session's scratch, would be hundreds of MiB
    // here.
    assertTrue(growthKib < 64 * 1024, "grew by " + growthKib + " KiB");
  }

  private static void openAndClose(byte[] bytes, int times) throws Exception {
    ModelOptions options = ModelOptions.DEFAULT.withThreads(2);
    for (int i = 0; i < times; i++) {
      try (Model model = Model.load(TestModels.file(bytes), options);
          Session session = new Session(model, SessionOptions.DEFAULT)) {
        session.prefill(1, 2, 3);
      }
    }
  }

  private static long residentKib() throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new AssertionError("no VmRSS in /proc/self/status");
  }
}
