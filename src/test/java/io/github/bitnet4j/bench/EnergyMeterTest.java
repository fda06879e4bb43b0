package io.github.bitnet4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("the energy meter")
class EnergyMeterTest {
  @TempDir private Path powercap;

  @Test
  void addsPackagesAndMemoryButNotWhatIsPartOfThem() throws IOException {
    zone("intel-rapl:0", "package-0", 1_000_000, 9_000_000);
    zone("intel-rapl:0:0", "core", 500, 9_000_000);
    zone("intel-rapl:0:1", "uncore", 500, 9_000_000);
    zone("intel-rapl:0:2", "dram", 2_000_000, 9_000_000);
    zone("intel-rapl:1", "package-1", 3_000_000, 9_000_000);
    zone("intel-rapl:2", "psys", 500, 9_000_000);
    Files.createDirectory(powercap.resolve("intel-rapl"));
    var meter = EnergyMeter.open(powercap);
    assertEquals(List.of("package-0", "dram", "package-1"), meter.zones());
    var before = meter.read();
    count("intel-rapl:0", 1_500_000);
    count("intel-rapl:0:0", 999_999);
    count("intel-rapl:0:2", 2_250_000);
    count("intel-rapl:1", 3_000_000);
    assertEquals(0.75, meter.joules(before, meter.read()), 1e-12);
  }

  @Test
  void knowsThatACounterBeginsAnew() throws IOException {
    zone("intel-rapl:0", "package-0", 262_143_000_000L, 262_143_328_850L);
    var meter = EnergyMeter.open(powercap);
    var before = meter.read();
    count("intel-rapl:0", 671_150);
    assertEquals(1.0, meter.joules(before, meter.read()), 1e-12);
  }

  @Test
  void saysThatThereIsNoFolder() {
    assertMessage(powercap.resolve("missing"), "missing: no such folder");
  }

  @Test
  void saysThatTheFolderHasNoCounters() {
    assertMessage(powercap, "no folder intel-rapl:N for a processor package");
  }

  @Test
  void saysWhichCounterCannotBeRead() throws IOException {
    zone("intel-rapl:0", "package-0", 1, 2);
    Files.delete(powercap.resolve("intel-rapl:0/energy_uj"));
    assertMessage(powercap, "energy_uj: no such file");
  }

  @Test
  void saysHowToGetThePermissionThatIsMissing() {
    var file = powercap.resolve("energy_uj");
    var message =
        EnergyMeter.explain(file, new AccessDeniedException(file.toString())).getMessage();
    assertTrue(message.startsWith(file + ": permission denied; only root"), message);
  }

  @Test
  void saysWhichCounterIsNoNumber() throws IOException {
    zone("intel-rapl:0", "package-0", 1, 2);
    Files.writeString(powercap.resolve("intel-rapl:0/energy_uj"), "much\n");
    assertMessage(powercap, "energy_uj: 'much' is not a number");
  }

  @Test
  void failsWhenACounterDisappears() throws IOException {
    zone("intel-rapl:0", "package-0", 1, 2);
    var meter = EnergyMeter.open(powercap);
    Files.delete(powercap.resolve("intel-rapl:0/energy_uj"));
    assertThrows(UncheckedIOException.class, meter::read);
  }

  private void assertMessage(Path folder, String part) {
    var message = assertThrows(IOException.class, () -> EnergyMeter.open(folder)).getMessage();
    assertTrue(message.contains(part), message);
  }

  private void zone(String folder, String name, long energy, long range) throws IOException {
    Files.createDirectory(powercap.resolve(folder));
    Files.writeString(powercap.resolve(folder).resolve("name"), name + "\n");
    Files.writeString(
        powercap.resolve(folder).resolve("max_energy_range_uj"), Long.toString(range) + "\n");
    count(folder, energy);
  }

  private void count(String folder, long energy) throws IOException {
    Files.writeString(powercap.resolve(folder).resolve("energy_uj"), Long.toString(energy) + "\n");
  }
}
