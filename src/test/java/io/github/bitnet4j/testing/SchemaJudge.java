package io.github.bitnet4j.testing;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

/** Another project's validator, which knows nothing of grammars. */
public final class SchemaJudge {
  private final Schema schema;

  /** For the documents of a schema. */
  public SchemaJudge(String schemaJson) {
    schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(schemaJson, InputFormat.JSON);
  }

  /** What is wrong with a document; empty if it is valid. */
  public String problems(String document) {
    var errors =
        schema.validate(
            document,
            InputFormat.JSON,
            context -> context.executionConfig(c -> c.formatAssertionsEnabled(true)));
    return errors.isEmpty() ? "" : errors.toString();
  }
}
