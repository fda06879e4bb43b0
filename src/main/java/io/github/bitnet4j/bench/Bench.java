package io.github.bitnet4j.bench;

import io.github.bitnet4j.model.Model;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Runs tests on models that compute with the same threads. The repetitions of a test take turns
 * between the models, so that whatever else changes on the machine hits all alike. The machine's
 * limits are measured before the first test and after every one; a test is held to the higher of
 * those on its two sides.
 *
 * <p>One caller at a time, and the models should be in nobody else's use.
 */
public final class Bench {
  private final List<Model> models;
  private final Settings settings;
  private final Consumer<String> progress;

  /** One for each model; none before the first test, or where they are not wanted. */
  private List<MachineLimits> limits = List.of();

  /**
   * How to measure.
   *
   * @param repetitions timed runs of each test on each model
   * @param warmUp whether each test runs once before, untimed
   * @param limitBytes size of the buffer to measure the read bandwidth with; empty for no limits
   * @param energy where to read energy; empty for none
   */
  public record Settings(
      int repetitions, boolean warmUp, OptionalLong limitBytes, Optional<EnergyMeter> energy) {
    public Settings {
      if (repetitions < 1) {
        throw new IllegalArgumentException("repetitions must be 1 or more, not " + repetitions);
      }
    }
  }

  /**
   * Gets ready.
   *
   * @param progress told what is being done, a few words each time
   */
  public Bench(List<Model> models, Settings settings, Consumer<String> progress) {
    this.models = List.copyOf(models);
    this.settings = settings;
    this.progress = progress;
  }

  /** One test on every model; results in the order of the models. */
  public List<BenchResult> run(BenchTest test) {
    if (limits.isEmpty()) {
      limits = measureLimits();
    }
    List<Run> runs = new ArrayList<>();
    try {
      for (Model model : models) {
        progress.accept("%s: %s: setting up".formatted(test.name(), model.kernel().name()));
        runs.add(new Run(model, test));
      }
      repeat(test, runs);
    } finally {
      runs.forEach(run -> run.workload.close());
    }
    List<MachineLimits> before = limits;
    limits = measureLimits();
    List<BenchResult> results = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      results.add(
          runs.get(i)
              .result(
                  limits.isEmpty()
                      ? Optional.empty()
                      : Optional.of(limits.get(i).max(before.get(i)))));
    }
    return results;
  }

  private void repeat(BenchTest test, List<Run> runs) {
    for (int repetition = settings.warmUp() ? 0 : 1;
        repetition <= settings.repetitions();
        repetition++) {
      for (Run run : runs) {
        String doing =
            repetition == 0
                ? "warming up"
                : "run %d of %d".formatted(repetition, settings.repetitions());
        progress.accept("%s: %s: %s".formatted(test.name(), run.model.kernel().name(), doing));
        if (repetition == 0) {
          run.workload.run();
        } else {
          run.time();
        }
      }
    }
  }

  private List<MachineLimits> measureLimits() {
    if (settings.limitBytes().isEmpty()) {
      return List.of();
    }
    progress.accept("measuring what the machine can do");
    return MachineLimits.measure(models, settings.limitBytes().getAsLong());
  }

  /** A test on one of the models. */
  private final class Run {
    private final Model model;
    private final BenchTest test;
    private final Workload workload;
    private final Work work;
    private final Instant start = Instant.now();
    private final List<Long> nanos = new ArrayList<>();
    private final List<Double> joules = new ArrayList<>();

    Run(Model model, BenchTest test) {
      this.model = model;
      this.test = test;
      workload = new Workload(model, test);
      work = Work.of(model, test, workload.kvBytesPerToken());
    }

    void time() {
      Optional<EnergyMeter.Reading> before = settings.energy().map(EnergyMeter::read);
      long begin = System.nanoTime();
      workload.run();
      nanos.add(Math.max(1, System.nanoTime() - begin));
      before.ifPresent(
          reading -> {
            EnergyMeter meter = settings.energy().orElseThrow();
            joules.add(meter.joules(reading, meter.read()));
          });
    }

    BenchResult result(Optional<MachineLimits> limits) {
      return new BenchResult(
          Subject.of(model), model.threads(), test, work, start, nanos, joules, limits);
    }
  }
}
