package io.github.bitnet4j.text;

import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.gguf.GgufMetadata;
import io.github.bitnet4j.text.EncodeOptions.Presence;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Turns text into token ids and back, as the model file prescribes.
 *
 * {@snippet :
 * Tokenizer tokenizer = Tokenizer.from(metadata, Compatibility.HUGGING_FACE);
 * int[] tokens = tokenizer.encode("The capital of France is");
 * String text = tokenizer.decode(tokens);
 * }
 *
 * <p>Decoding what was encoded gives the text back, except that an unpaired surrogate comes back as
 * U+FFFD and, with SentencePiece, {@code ▁} (U+2581) as a space and a character the vocabulary has
 * no way to express as the unknown token. Immutable and thread-safe.
 */
public final class Tokenizer {
  private static final int LLAMA3_VOCABULARY_SIZE = 128_256;
  private static final int LLAMA3_BOS = 128_000;

  private final Vocabulary vocabulary;
  private final Optional<PreTokenizer> preTokenizer;
  private final SubwordEncoder encoder;
  private final SpecialTokenSplitter userDefinedOnly;
  private final SpecialTokenSplitter allSpecial;
  private final boolean addSpacePrefix;
  private final boolean addBos;
  private final boolean addEos;
  private final List<String> warnings;

  private Tokenizer(TokenizerData data, Compatibility compatibility) {
    var notes = new ArrayList<String>();
    vocabulary = new Vocabulary(data);
    if (vocabulary.repairedTexts() > 0) {
      notes.add(
          "%s: removed the BOS text in front of %d token texts"
              .formatted(TokenizerData.TOKENS, vocabulary.repairedTexts()));
    }
    boolean defaultAddBos;
    switch (vocabulary.family()) {
      case BYTE_LEVEL_BPE -> {
        var chosen = choosePreTokenizer(data, compatibility, notes);
        preTokenizer = Optional.of(chosen);
        addSpacePrefix = false;
        encoder = new ByteLevelBpe(vocabulary, data.merges(), chosen);
        defaultAddBos = chosen.addsBos();
      }
      case SENTENCE_PIECE -> {
        preTokenizer = Optional.empty();
        addSpacePrefix = data.addSpacePrefix().orElse(true);
        encoder = new SentencePieceBpe(vocabulary, data.scores(), addSpacePrefix);
        defaultAddBos = true;
      }
      default -> throw new AssertionError(vocabulary.family());
    }
    userDefinedOnly =
        new SpecialTokenSplitter(vocabulary.textsOfTypes(EnumSet.of(TokenType.USER_DEFINED)));
    allSpecial =
        new SpecialTokenSplitter(
            vocabulary.textsOfTypes(
                EnumSet.of(TokenType.CONTROL, TokenType.UNKNOWN, TokenType.USER_DEFINED)));
    var special = data.special();
    addBos = isAdded("bos", special.addBos().orElse(defaultAddBos), vocabulary.bos(), notes);
    addEos = isAdded("eos", special.addEos().orElse(false), vocabulary.eos(), notes);
    warnings = List.copyOf(notes);
  }

  /**
   * The tokenizer of {@code data}.
   *
   * @throws IllegalArgumentException if {@code tokenizer.ggml.model} or {@code tokenizer.ggml.pre}
   *     is not supported; the message begins with the key
   */
  public static Tokenizer of(TokenizerData data, Compatibility compatibility) {
    return new Tokenizer(data, compatibility);
  }

  /**
   * The tokenizer of a model file.
   *
   * @throws GgufFormatException if the file's tokenizer keys are wrong, at odds with each other or
   *     not supported
   */
  public static Tokenizer from(GgufMetadata metadata, Compatibility compatibility)
      throws GgufFormatException {
    var data = TokenizerData.from(metadata);
    try {
      return new Tokenizer(data, compatibility);
    } catch (InvalidTokenizerData e) {
      throw metadata.invalid(e.key(), e.problem());
    }
  }

  /** The tokens of the model. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** The rule by which byte-level BPE cuts text before merging; empty for SentencePiece. */
  public Optional<PreTokenizer> preTokenizer() {
    return preTokenizer;
  }

  /** Whether {@link EncodeOptions#DEFAULT} puts BOS first. */
  public boolean addsBos() {
    return addBos;
  }

  /** Whether {@link EncodeOptions#DEFAULT} puts EOS last. */
  public boolean addsEos() {
    return addEos;
  }

  /** What was missing or repaired in the file, one sentence each; empty when all was well. */
  public List<String> warnings() {
    return warnings;
  }

  /** Encodes with {@link EncodeOptions#DEFAULT}. */
  public int[] encode(CharSequence text) {
    return encode(text, EncodeOptions.DEFAULT);
  }

  /**
   * Encodes text. User-defined tokens are always matched whole; control tokens only if the options
   * say so.
   *
   * @throws IllegalArgumentException if the options demand a BOS or EOS the model lacks, or the
   *     text holds a byte for which the vocabulary has neither a token nor an unknown token
   */
  public int[] encode(CharSequence text, EncodeOptions options) {
    var tokens = new IntList();
    if (wants(options.bos(), addBos)) {
      tokens.add(required("BOS", vocabulary.bos()));
    }
    var splitter = options.parseSpecial() ? allSpecial : userDefinedOnly;
    encodeChunk(text.toString(), splitter, options.continuesText(), tokens);
    if (wants(options.eos(), addEos)) {
      tokens.add(required("EOS", vocabulary.eos()));
    }
    return tokens.toArray();
  }

  /**
   * Encodes text while it is read, holding little of it at a time: the tokens are those of {@link
   * #encode(CharSequence, EncodeOptions)} for all of it. Where text runs on without a space after a
   * letter, that much is held.
   *
   * @param tokens receives the ids in order
   * @throws IOException if the text cannot be read
   * @throws IllegalArgumentException as for {@link #encode(CharSequence, EncodeOptions)}
   */
  public void encode(Reader text, EncodeOptions options, IntConsumer tokens) throws IOException {
    if (wants(options.bos(), addBos)) {
      tokens.accept(required("BOS", vocabulary.bos()));
    }
    var splitter = options.parseSpecial() ? allSpecial : userDefinedOnly;
    encode(new ChunkedText(text, encoder, splitter), splitter, options.continuesText(), tokens);
    if (wants(options.eos(), addEos)) {
      tokens.accept(required("EOS", vocabulary.eos()));
    }
  }

  private void encode(
      ChunkedText chunks, SpecialTokenSplitter splitter, boolean continues, IntConsumer tokens)
      throws IOException {
    boolean continued = continues;
    var found = new IntList();
    for (var chunk = chunks.next(); !chunk.isEmpty(); chunk = chunks.next()) {
      continued = encodeChunk(chunk, splitter, continued, found);
      for (int i = 0; i < found.size(); i++) {
        tokens.accept(found.get(i));
      }
      found.clear();
    }
  }

  /** Appends the tokens of a chunk; returns whether text that follows it continues its text. */
  private boolean encodeChunk(
      String chunk, SpecialTokenSplitter splitter, boolean continues, IntList tokens) {
    var continued = new boolean[] {continues};
    splitter.split(
        chunk,
        part -> {
          encoder.encode(part, continued[0], tokens);
          continued[0] = true;
        },
        token -> {
          tokens.add(token);
          continued[0] = false;
        });
    return continued[0];
  }

  /** Cuts text into ordinary text and special tokens, control tokens among them. */
  void splitSpecial(String text, Consumer<String> onText, IntConsumer onToken) {
    allSpecial.split(text, onText, onToken);
  }

  /** The text of {@code tokens} without control tokens; invalid UTF-8 becomes U+FFFD. */
  public String decode(int... tokens) {
    return decode(ControlTokens.OMIT, tokens);
  }

  /**
   * The text of {@code tokens}; invalid UTF-8 becomes U+FFFD.
   *
   * @throws IllegalArgumentException if an id is outside the vocabulary
   */
  public String decode(ControlTokens controlTokens, int... tokens) {
    return new String(decodeBytes(controlTokens, tokens), StandardCharsets.UTF_8);
  }

  /**
   * The bytes of {@code tokens}, which need not be whole UTF-8 sequences.
   *
   * @throws IllegalArgumentException if an id is outside the vocabulary
   */
  public byte[] decodeBytes(ControlTokens controlTokens, int... tokens) {
    var bytes = new ByteArrayOutputStream(4 * tokens.length);
    var tokenBytes = newTokenBytes(controlTokens);
    for (int token : tokens) {
      bytes.writeBytes(tokenBytes.accept(token));
    }
    return bytes.toByteArray();
  }

  /** A decoder for the tokens of a text, arriving one by one; for use by one thread. */
  public TokenStream newStream(ControlTokens controlTokens) {
    return new TokenStream(newTokenBytes(controlTokens));
  }

  /**
   * A decoder for tokens that arrive one by one and continue a text: a space they begin with is
   * kept. For use by one thread.
   *
   * @param previousToken the last token of the text so far
   * @throws IllegalArgumentException if {@code previousToken} is outside the vocabulary
   */
  public TokenStream newStreamAfter(int previousToken, ControlTokens controlTokens) {
    var tokenBytes = newTokenBytes(controlTokens);
    tokenBytes.continueAfter(previousToken);
    return new TokenStream(tokenBytes);
  }

  /**
   * Whether a {@link TokenStream} leaves out a space that the token after {@code previousToken}
   * begins with, as encoding put one there.
   *
   * @throws IllegalArgumentException if {@code previousToken} is outside the vocabulary
   */
  public boolean dropsSpaceAfter(int previousToken) {
    return newTokenBytes(ControlTokens.OMIT).dropsSpaceAfter(previousToken);
  }

  /** What encodes text between special tokens. */
  SubwordEncoder encoder() {
    return encoder;
  }

  private TokenBytes newTokenBytes(ControlTokens controlTokens) {
    return new TokenBytes(vocabulary, controlTokens, addSpacePrefix);
  }

  private static PreTokenizer choosePreTokenizer(
      TokenizerData data, Compatibility compatibility, List<String> warnings) {
    if (data.pre().isPresent()) {
      var name = data.pre().get();
      return PreTokenizer.named(name)
          .orElseThrow(
              () ->
                  new InvalidTokenizerData(
                      TokenizerData.PRE,
                      "is \"%s\", which is not supported; supported are %s"
                          .formatted(name, String.join(", ", PreTokenizer.allNames()))));
    }
    if (compatibility == Compatibility.HUGGING_FACE && isLlama3(data)) {
      return PreTokenizer.LLAMA_BPE;
    }
    warnings.add(
        "%s is absent: text is cut as bitnet.cpp's \"default\", which may not be what the model"
                .formatted(TokenizerData.PRE)
            + " was trained with");
    return PreTokenizer.DEFAULT;
  }

  private static boolean isLlama3(TokenizerData data) {
    return data.tokens().size() == LLAMA3_VOCABULARY_SIZE
        && data.tokens().get(LLAMA3_BOS).startsWith("<|begin_of_text|>");
  }

  private static boolean isAdded(
      String role, boolean wanted, OptionalInt id, List<String> warnings) {
    if (wanted && id.isEmpty()) {
      warnings.add("%s is absent: none is added around text".formatted(TokenizerData.idKey(role)));
    }
    return wanted && id.isPresent();
  }

  private static boolean wants(Presence presence, boolean modelDefault) {
    return switch (presence) {
      case MODEL -> modelDefault;
      case ADD -> true;
      case OMIT -> false;
    };
  }

  private static int required(String role, OptionalInt id) {
    return id.orElseThrow(
        () -> new IllegalArgumentException("The model has no " + role + " token to add"));
  }
}
