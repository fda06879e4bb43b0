package io.github.bitnet4j.constraint.json;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

/** Another project's validator, which knows nothing of grammars. */
final class Judge {
  private final Schema schema;

  Judge(String schemaJson) {
    schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(schemaJson, InputFormat.JSON);
  }

  /** What is wrong with a document; empty if it is valid. */
  String problems(String document) {
    var errors =
        schema.validate(
            document,
            InputFormat.JSON,
            context -> context.executionConfig(c -> c.formatAssertionsEnabled(true)));
    return errors.isEmpty() ? "" : errors.toString();
  }
}
