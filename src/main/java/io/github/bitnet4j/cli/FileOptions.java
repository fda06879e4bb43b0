package io.github.bitnet4j.cli;

import io.github.bitnet4j.BitNetModel;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.text.Compatibility;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which model file, and whose behaviour where it is incomplete. */
final class FileOptions {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE",
      description =
          "Model file in GGUF format; of a split file, any part."
              + " Default: the demo model that comes with the program.")
  Optional<Path> model = Optional.empty();

  @Option(
      names = "--compat",
      paramLabel = "WHOSE",
      defaultValue = "hugging-face",
      converter = EnumNames.Compatibilities.class,
      completionCandidates = EnumNames.Compatibilities.class,
      description =
          "Whose tokenizer and chat form to follow where the file leaves them out or has them"
              + " wrong: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  Compatibility compatibility;

  /** Opens the file without loading the model. */
  GgufFile open() throws IOException {
    return model.isPresent() ? GgufFile.open(model.get()) : BitNetModel.openDemo();
  }
}
