package io.github.bitnet4j.cli;

import io.github.bitnet4j.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Describes a model file. */
@CommandLine.Command(
    name = "info",
    header = "Describe a model file.",
    description = {
      "Metadata, hyperparameters, tokenizer, tensors, sizes and the memory it takes to run. Weights"
          + " are not loaded. A file that this program cannot run is described as far as possible,"
          + " with the reason."
    })
final class InfoCommand extends Command {
  @Parameters(arity = "0..1", paramLabel = "MODEL", description = "The same as --model.")
  private Optional<Path> argument = Optional.empty();

  @Mixin private FileArguments file;
  @Mixin private CompatArgument compat;
  @Mixin private ContextArguments context;

  @Option(names = "--json", description = "Show all of it as JSON, arrays in full.")
  private boolean json;

  InfoCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    if (argument.isPresent() && file.model.isPresent()) {
      throw usage("the model file is given twice: %s and %s", argument.get(), file.model.get());
    }
    file.model = file.model.or(() -> argument);
    var session = context.toSessionOptions(this);
    try (GgufFile gguf = file.open()) {
      var report = ModelReport.of(gguf, compat.compatibility, session);
      if (json) {
        console.out().print(Json.indented(ModelReportJson.of(report)));
      } else {
        new ModelReportText(console.out()).write(report);
      }
    }
    return DONE;
  }
}
