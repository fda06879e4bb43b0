package io.github.bitnet4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.ffi.KvType;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.testing.RandomModel;
import io.github.bitnet4j.testing.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("a run of bench")
class BenchRunTest {
  private static final BenchTest PROMPT = new BenchTest(8, 0, 0, 1, 4, KvType.F16);
  private static final BenchTest SIDE_BY_SIDE = new BenchTest(0, 3, 33, 8, 16, KvType.F32);

  private final List<String> progress = new ArrayList<>();
  private Model first;
  private Model second;

  @BeforeEach
  void load() throws GgufFormatException {
    var options = ModelOptions.DEFAULT.withThreads(1);
    first = TestModels.load(RandomModel.builder(), options.withKernel("scalar"));
    second = TestModels.load(RandomModel.builder(), options.withKernel(KernelBuild.best().name()));
  }

  @AfterEach
  void close() {
    second.close();
    first.close();
  }

  @Test
  void takesTurnsBetweenTheModels() {
    var results = bench(2, true, OptionalLong.empty(), Optional.empty()).run(PROMPT);
    String a = "pp8: scalar: ";
    String b = "pp8: " + KernelBuild.best().name() + ": ";
    assertEquals(
        List.of(
            a + "setting up",
            b + "setting up",
            a + "warming up",
            b + "warming up",
            a + "run 1 of 2",
            b + "run 1 of 2",
            a + "run 2 of 2",
            b + "run 2 of 2"),
        progress);
    assertEquals("scalar", results.getFirst().subject().kernel());
    assertEquals(KernelBuild.best().name(), results.getLast().subject().kernel());
    results.forEach(result -> assertEquals(2, result.nanos().size()));
  }

  @Test
  void leavesOutTheWarmUpWhenTold() {
    bench(1, false, OptionalLong.empty(), Optional.empty()).run(PROMPT);
    assertTrue(progress.stream().noneMatch(line -> line.contains("warming up")));
  }

  @Test
  void runsSequencesSideBySideBeyondAPageOfContext() {
    var result =
        bench(1, false, OptionalLong.empty(), Optional.empty()).run(SIDE_BY_SIDE).getFirst();
    assertEquals("tg3 x8 @ d33", result.test().name());
    assertEquals(24 * 1e9 / result.nanos().getFirst(), result.tokensPerSecond()[0]);
  }

  @Test
  void holdsTestsToLimitsMeasuredBesideThem() {
    var bench = bench(1, false, OptionalLong.of(1 << 20), Optional.empty());
    for (BenchResult result : bench.run(PROMPT)) {
      double read = result.limits().orElseThrow().readBytesPerSecond();
      assertTrue(read > 0);
      double used = result.work().bytes() * 1e9 / result.nanos().getFirst();
      assertEquals(used / read, result.readShare().orElseThrow(), 1e-9 * used / read);
      double peak = result.limits().orElseThrow().multiplyAddsPerSecond();
      assertTrue(peak > 0);
      double done = result.work().multiplyAdds() * 1e9 / result.nanos().getFirst();
      assertEquals(done / peak, result.multiplyAddShare().orElseThrow(), 1e-9 * done / peak);
    }
    bench.run(SIDE_BY_SIDE);
    assertEquals(3, progress.stream().filter("measuring what the machine can do"::equals).count());
  }

  @Test
  void measuresNoLimitsUnlessTold() {
    var result = bench(1, false, OptionalLong.empty(), Optional.empty()).run(PROMPT).getFirst();
    assertTrue(result.limits().isEmpty());
    assertTrue(result.readShare().isEmpty());
    assertTrue(result.multiplyAddShare().isEmpty());
    assertTrue(result.joulesPerToken().isEmpty());
  }

  @Test
  void readsTheEnergyOfEveryRepetition(@TempDir Path powercap) throws IOException {
    Path zone = Files.createDirectory(powercap.resolve("intel-rapl:0"));
    Files.writeString(zone.resolve("name"), "package-0");
    Files.writeString(zone.resolve("max_energy_range_uj"), "1000");
    Files.writeString(zone.resolve("energy_uj"), "5");
    var meter = Optional.of(EnergyMeter.open(powercap));
    var result = bench(3, true, OptionalLong.empty(), meter).run(PROMPT).getFirst();
    assertEquals(List.of(0.0, 0.0, 0.0), result.joules());
    assertEquals(0.0, result.joulesPerToken().orElseThrow());
  }

  @Test
  void energyIsSharedOutAmongTheTokens() {
    var result = bench(1, false, OptionalLong.empty(), Optional.empty()).run(PROMPT).getFirst();
    var withEnergy =
        new BenchResult(
            result.subject(),
            1,
            PROMPT,
            result.work(),
            result.start(),
            List.of(1L, 1L),
            List.of(4.0, 8.0),
            Optional.empty());
    assertEquals(6.0 / 8, withEnergy.joulesPerToken().orElseThrow());
  }

  @Test
  void needsARepetition() {
    assertThrows(
        IllegalArgumentException.class,
        () -> bench(0, false, OptionalLong.empty(), Optional.empty()));
  }

  private Bench bench(
      int repetitions, boolean warmUp, OptionalLong limits, Optional<EnergyMeter> energy) {
    return new Bench(
        List.of(first, second),
        new Bench.Settings(repetitions, warmUp, limits, energy),
        progress::add);
  }
}
