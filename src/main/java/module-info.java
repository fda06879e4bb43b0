/** BitNet b1.58 language models inside the JVM at native speed. */
module io.github.bitnet4j {
  exports io.github.bitnet4j;
  exports io.github.bitnet4j.constraint;
  exports io.github.bitnet4j.constraint.json;
  exports io.github.bitnet4j.ffi;
  exports io.github.bitnet4j.generate;
  exports io.github.bitnet4j.gguf;
  exports io.github.bitnet4j.model;
  exports io.github.bitnet4j.sampling;
  exports io.github.bitnet4j.session;
  exports io.github.bitnet4j.text;
  exports io.github.bitnet4j.tools;

  // picocli fills in the commands' fields.
  opens io.github.bitnet4j.cli to
      info.picocli;

  // Optional, so that a program that embeds the engine needs none: the command line's libraries, of
  // which JSON Schema and tool calls need Jackson too.
  requires static info.picocli;
  requires static org.jline.reader;
  requires static org.jline.terminal;
  requires static tools.jackson.databind;
}
