package io.github.bitnet4j.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Energy that processor packages and memory have used, as Linux counts it in its powercap folder
 * (Intel and AMD processors call it RAPL). It is the whole machine's: other work counts as well.
 */
public final class EnergyMeter {
  /** Where Linux keeps the counters. */
  public static final Path POWERCAP = Path.of("/sys/class/powercap");

  private static final String PACKAGE_FOLDER = "intel-rapl:\\d+";
  private static final String PART_FOLDER = "intel-rapl:\\d+:\\d+";

  private final List<Zone> zones;

  /** The counters at one moment, in microjoules. */
  public record Reading(List<Long> microjoules) {}

  /** A counter that begins anew at 0 after {@code rangeMicrojoules}. */
  private record Zone(String name, Path counter, long rangeMicrojoules) {}

  private EnergyMeter(List<Zone> zones) {
    this.zones = zones;
  }

  /**
   * Finds the counters of all packages, and of memory where it is not part of a package.
   *
   * @throws IOException if there are none, or they may not be read; the message says which and why
   */
  public static EnergyMeter open(Path powercap) throws IOException {
    if (!Files.isDirectory(powercap)) {
      throw new IOException(
          powercap
              + ": no such folder; it takes Linux on a machine that shows it the processor's energy"
              + " counters, which virtual machines seldom do");
    }
    List<Zone> zones = new ArrayList<>();
    try (Stream<Path> folders = Files.list(powercap)) {
      for (Path folder : folders.sorted().toList()) {
        if (counts(folder)) {
          zones.add(zone(folder));
        }
      }
    }
    if (zones.isEmpty()) {
      throw new IOException(
          powercap + ": no folder intel-rapl:N for a processor package; is intel_rapl_msr loaded?");
    }
    return new EnergyMeter(List.copyOf(zones));
  }

  /** What is counted, such as {@code package-0}. */
  public List<String> zones() {
    return zones.stream().map(Zone::name).toList();
  }

  /** The counters now. */
  public Reading read() {
    try {
      List<Long> values = new ArrayList<>();
      for (Zone zone : zones) {
        values.add(number(zone.counter()));
      }
      return new Reading(values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Energy used between two readings, less than one turn of a counter apart, in joules. */
  public double joules(Reading before, Reading after) {
    long sum = 0;
    for (int i = 0; i < zones.size(); i++) {
      long used = after.microjoules().get(i) - before.microjoules().get(i);
      sum += used >= 0 ? used : used + zones.get(i).rangeMicrojoules();
    }
    return sum * 1e-6;
  }

  /** What to tell of a file that cannot be read. */
  static IOException explain(Path file, IOException cause) {
    String reason =
        switch (cause) {
          case AccessDeniedException _ ->
              "permission denied; only root may read it unless it is allowed: chmod a+r";
          case NoSuchFileException _ -> "no such file";
          default -> cause.getMessage();
        };
    return new IOException(file + ": " + reason, cause);
  }

  /** Cores and graphics are parts of their package, "psys" holds all packages; memory is apart. */
  private static boolean counts(Path folder) throws IOException {
    String file = folder.getFileName().toString();
    if (file.matches(PACKAGE_FOLDER)) {
      return text(folder.resolve("name")).startsWith("package");
    }
    return file.matches(PART_FOLDER) && text(folder.resolve("name")).equals("dram");
  }

  private static Zone zone(Path folder) throws IOException {
    Path counter = folder.resolve("energy_uj");
    number(counter);
    return new Zone(
        text(folder.resolve("name")), counter, number(folder.resolve("max_energy_range_uj")));
  }

  private static long number(Path file) throws IOException {
    String text = text(file);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException(file + ": '" + text + "' is not a number", e);
    }
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw explain(file, e);
    }
  }
}
