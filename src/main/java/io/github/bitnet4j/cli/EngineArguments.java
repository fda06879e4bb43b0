package io.github.bitnet4j.cli;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.LoadOptions;
import io.github.bitnet4j.ffi.KernelBuild;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import io.github.bitnet4j.text.ChatTemplate;
import io.github.bitnet4j.text.Compatibility;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a model computes with. */
final class EngineArguments {
  private static final String ALL_KERNELS = "all";

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "THREADS",
      defaultValue = "0",
      description =
          "Threads to compute with, 1 to 1024; 0 for as many as the process may use."
              + " The results are the same. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--kernel",
      paramLabel = "NAME",
      description =
          "Kernel build to compute with: a name that 'bitnet kernels' lists, the path of a shared"
              + " library with one, or bitnetcpp:PATH for bitnet.cpp's own kernel in its library."
              + " The results are the same."
              + " Default: the fastest that this machine can run.")
  private Optional<String> kernel = Optional.empty();

  @Mixin private WeightArguments weights;

  /**
   * Loads the model. What is out of range, or a kernel build that cannot be had, is wrong usage.
   */
  BitNetModel load(Command command, FileArguments file, Compatibility compatibility)
      throws IOException {
    return load(command, file, compatibility, Optional.empty(), UnaryOperator.identity());
  }

  /**
   * Loads the model to chat in another form than its own, if one is given.
   *
   * @param further what else to say about how it is loaded
   */
  BitNetModel load(
      Command command,
      FileArguments file,
      Compatibility compatibility,
      Optional<ChatTemplate> template,
      UnaryOperator<ModelOptions> further)
      throws IOException {
    var kernels = kernel.map(List::of).orElse(List.of());
    if (kernels.contains(ALL_KERNELS)) {
      throw command.usage("--kernel takes one kernel build here");
    }
    var engine = further.apply(choices(command, weights, kernels, threads).getFirst());
    var own = LoadOptions.DEFAULT.withModel(engine).withCompatibility(compatibility);
    var options = template.map(own::withChatTemplate).orElse(own);
    return file.model.isPresent()
        ? BitNetModel.load(file.model.get(), options)
        : BitNetModel.demo(options);
  }

  /** Says that the head was requantised, if it was. */
  void tellRequantizedHead(Console console, Model model) {
    if (model.headRequantized()) {
      console.note(
          "head requantised from %s to %s, %s",
          model.tensors().head().typeName(), model.headType(), Text.bytes(model.headBytes()));
    }
  }

  /**
   * Every kernel build with every number of threads.
   *
   * @param kernels names; {@code all} stands for those this machine can run; none for the preferred
   */
  static List<ModelOptions> choices(
      Command command, WeightArguments weights, List<String> kernels, int... threads) {
    try {
      List<String> names = kernels.stream().flatMap(EngineArguments::resolve).distinct().toList();
      var choices = new ArrayList<ModelOptions>();
      for (int count : threads) {
        var options = weights.apply(ModelOptions.DEFAULT.withThreads(count));
        if (names.isEmpty()) {
          choices.add(options);
        }
        names.forEach(name -> choices.add(options.withKernel(name)));
      }
      return choices;
    } catch (IllegalArgumentException e) {
      throw command.usage("%s", e.getMessage());
    }
  }

  private static Stream<String> resolve(String name) {
    return name.equals(ALL_KERNELS)
        ? KernelBuild.allRunnable().stream().map(KernelBuild::name)
        : Stream.of(KernelBuild.named(name).name());
  }
}
