package io.github.bitnet4j.cli;

import io.github.bitnet4j.constraint.Gbnf;
import io.github.bitnet4j.constraint.Grammar;
import io.github.bitnet4j.constraint.RegularExpression;
import io.github.bitnet4j.constraint.json.JsonGrammar;
import io.github.bitnet4j.constraint.json.JsonSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** What the text is held to: at most one of these. */
final class ConstraintArguments {
  private static final String GRAMMAR = "--grammar";
  private static final String GRAMMAR_FILE = "--grammar-file";
  private static final String REGEX = "--regex";
  private static final String JSON_SCHEMA = "--json-schema";
  private static final String JSON_SCHEMA_FILE = "--json-schema-file";

  @Option(
      names = GRAMMAR_FILE,
      paramLabel = "FILE",
      description = "Only a text of the grammar in FILE, written in GBNF.")
  private Optional<Path> grammarFile = Optional.empty();

  @Option(
      names = GRAMMAR,
      paramLabel = "GRAMMAR",
      description = "Only a text of this grammar, written in GBNF.")
  private Optional<String> grammar = Optional.empty();

  @Option(
      names = REGEX,
      paramLabel = "PATTERN",
      description = "Only a text that this regular expression describes as a whole.")
  private Optional<String> regex = Optional.empty();

  @Option(names = "--json-object", description = "Only a JSON object, whatever is in it.")
  private boolean jsonObject;

  @Option(
      names = {"-j", JSON_SCHEMA},
      paramLabel = "SCHEMA",
      description = "Only JSON that obeys this JSON Schema.")
  private Optional<String> jsonSchema = Optional.empty();

  @Option(
      names = {"-jf", JSON_SCHEMA_FILE},
      paramLabel = "FILE",
      description = "Only JSON that obeys the JSON Schema in FILE.")
  private Optional<Path> jsonSchemaFile = Optional.empty();

  /**
   * The grammar of the text, if there is to be one; what cannot be read is wrong usage.
   *
   * @throws IOException if a file cannot be read
   */
  Optional<Grammar> read(Command command) throws IOException {
    if (grammarFile.isPresent()) {
      var text = InputFile.text(grammarFile.get());
      return parse(command, GRAMMAR_FILE + " " + grammarFile.get(), text, Gbnf::parse);
    }
    if (grammar.isPresent()) {
      return parse(command, GRAMMAR, grammar.get(), Gbnf::parse);
    }
    if (regex.isPresent()) {
      return parse(command, REGEX, regex.get(), RegularExpression::parse);
    }
    if (jsonSchemaFile.isPresent()) {
      var text = InputFile.text(jsonSchemaFile.get());
      var option = JSON_SCHEMA_FILE + " " + jsonSchemaFile.get();
      return parse(command, option, text, ConstraintArguments::schema);
    }
    if (jsonSchema.isPresent()) {
      if (isFile(jsonSchema.get())) {
        throw command.usage(
            "%s takes the schema itself; %s reads the file %s",
            JSON_SCHEMA, JSON_SCHEMA_FILE, jsonSchema.get());
      }
      return parse(command, JSON_SCHEMA, jsonSchema.get(), ConstraintArguments::schema);
    }
    return jsonObject ? Optional.of(JsonGrammar.object()) : Optional.empty();
  }

  private static boolean isFile(String name) {
    try {
      return Files.isRegularFile(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static Grammar schema(String json) {
    return JsonSchema.parse(json).grammar();
  }

  private static Optional<Grammar> parse(
      Command command, String option, String text, Function<String, Grammar> reader) {
    try {
      return Optional.of(reader.apply(text));
    } catch (IllegalArgumentException e) {
      throw command.usage("%s: %s", option, e.getMessage());
    }
  }
}
