package io.github.bitnet4j.cli;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which model file. */
final class FileArguments {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE",
      description =
          "Model file in GGUF format; of a split file, any part."
              + " Default: the demo model that comes with the program.")
  Optional<Path> model = Optional.empty();

  /** Opens the file without loading the model. */
  GgufFile open() throws IOException {
    return model.isPresent() ? GgufFile.open(model.get()) : BitNetModel.openDemo();
  }

  /** Loads the weights alone, for what needs no tokenizer. */
  Model loadWeights(ModelOptions options) throws IOException {
    GgufFile file = open();
    Model loaded = null;
    try {
      loaded = Model.load(file, options);
      return loaded;
    } finally {
      if (loaded == null) {
        file.close();
      }
    }
  }
}
