package io.github.bitnet4j.constraint.json;

/** A JSON Schema that is malformed, or that this library cannot hold a text to. */
public final class JsonSchemaException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String pointer;

  JsonSchemaException(String pointer, String problem) {
    super(pointer.isEmpty() ? problem : pointer + ": " + problem);
    this.pointer = pointer;
  }

  JsonSchemaException(String problem, Throwable cause) {
    super(problem, cause);
    pointer = "";
  }

  /**
   * Where in the schema the fault is, as a JSON pointer in a URI fragment, such as {@code
   * #/properties/age/minimum}; empty if it is in no one place.
   */
  public String pointer() {
    return pointer;
  }
}
