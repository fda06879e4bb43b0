package io.github.bitnet4j;

import io.github.bitnet4j.constraint.ConstraintCompiler;
import io.github.bitnet4j.generate.TextSession;
import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.session.SessionOptions;
import io.github.bitnet4j.text.ChatTemplate;
import io.github.bitnet4j.text.ChatTemplates;
import io.github.bitnet4j.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A BitNet model with its tokenizer: load it once, open a session for every caller.
 *
 * {@snippet :
 * try (BitNetModel model = BitNetModel.load(Path.of("ggml-model-i2_s.gguf"));
 *     TextSession session = model.newSession()) {
 *   var options = GenerateOptions.greedy().withMaxTokens(32);
 *   for (Piece piece : session.generate("The capital of France is", options)) {
 *     System.out.print(piece.text());
 *   }
 * }
 * }
 *
 * <p>Immutable and thread-safe. Closing is deferred while sessions are open: no new ones can be
 * opened, those that are open go on working, and memory is freed when the last one closes.
 */
public final class BitNetModel implements AutoCloseable {
  private static final String DEMO_RESOURCE = "demo/demo-model.gguf";
  private static final long DEMO_ALIGNMENT_BYTES = 64;

  private final Model model;
  private final Tokenizer tokenizer;
  private final ChatTemplate chatTemplate;
  private final List<String> warnings;
  private Optional<ConstraintCompiler> constraints = Optional.empty();

  private BitNetModel(
      Model model, Tokenizer tokenizer, ChatTemplate chatTemplate, List<String> warnings) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.chatTemplate = chatTemplate;
    this.warnings = warnings;
  }

  /** Loads a GGUF file with {@link LoadOptions#DEFAULT}. */
  public static BitNetModel load(Path file) throws IOException {
    return load(file, LoadOptions.DEFAULT);
  }

  /**
   * Loads a GGUF file. The weights are mapped, not copied; the file must not change while the model
   * is in use. Of a split file, any part will do.
   *
   * @throws GgufFormatException if the file is damaged or holds no model this library can run; the
   *     message names field and byte offset
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if the options name a kernel build this machine cannot run, or
   *     a type the head cannot be requantised to
   */
  public static BitNetModel load(Path file, LoadOptions options) throws IOException {
    return of(GgufFile.open(file), options);
  }

  /** Loads the small demo model that comes with the library, with the default options. */
  public static BitNetModel demo() {
    return demo(LoadOptions.DEFAULT);
  }

  /** Loads the small demo model that comes with the library. */
  public static BitNetModel demo(LoadOptions options) {
    try {
      return of(openDemo(), options);
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded demo model cannot be read", e);
    }
  }

  /** The demo model's file, held in memory that is freed when nothing uses it any more. */
  public static GgufFile openDemo() throws IOException {
    try (InputStream in = BitNetModel.class.getResourceAsStream(DEMO_RESOURCE)) {
      if (in == null) {
        throw new IOException(
            "this build of bitnet4j has no demo model; name a model file instead");
      }
      byte[] bytes = in.readAllBytes();
      MemorySegment segment = Arena.ofAuto().allocate(bytes.length, DEMO_ALIGNMENT_BYTES);
      segment.copyFrom(MemorySegment.ofArray(bytes));
      return GgufFile.of(segment.asReadOnly(), "demo-model.gguf");
    }
  }

  /**
   * Makes a model of an open file, such as one in memory, and takes the file over: it is closed
   * with the model, or at once if this throws. Its parts must lie in native memory.
   *
   * @throws GgufFormatException if it holds no model this library can run
   */
  public static BitNetModel of(GgufFile file, LoadOptions options) throws GgufFormatException {
    Model model = null;
    try {
      Tokenizer tokenizer = Tokenizer.from(file.metadata(), options.compatibility());
      ChatTemplates.Choice chosen =
          options
              .chatTemplate()
              .map(template -> new ChatTemplates.Choice(template, Optional.empty()))
              .orElse(ChatTemplates.forModel(file.metadata(), options.compatibility()));
      List<String> warnings = new ArrayList<>(tokenizer.warnings());
      chosen.note().ifPresent(warnings::add);
      model = Model.load(file, options.model());
      return new BitNetModel(model, tokenizer, chosen.template(), List.copyOf(warnings));
    } finally {
      if (model == null) {
        file.close();
      }
    }
  }

  /** Opens a session with {@link SessionOptions#DEFAULT}. */
  public TextSession newSession() {
    return newSession(SessionOptions.DEFAULT);
  }

  /**
   * Opens a session.
   *
   * @throws IllegalStateException if the model is closed
   */
  public TextSession newSession(SessionOptions options) {
    return new TextSession(model, options, tokenizer, chatTemplate);
  }

  /** The weights, hyperparameters and file. */
  public Model model() {
    return model;
  }

  /** The tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The form of chats. */
  public ChatTemplate chatTemplate() {
    return chatTemplate;
  }

  /** Compiles what texts are to be held to; made by the first call, which sorts all tokens. */
  public synchronized ConstraintCompiler constraints() {
    if (constraints.isEmpty()) {
      constraints = Optional.of(new ConstraintCompiler(tokenizer));
    }
    return constraints.get();
  }

  /** What was missing from or repaired in the file's text metadata, a sentence each. */
  public List<String> warnings() {
    return warnings;
  }

  /** Closes the model, or has its last open session close it; closing twice is harmless. */
  @Override
  public void close() {
    model.close();
  }
}
