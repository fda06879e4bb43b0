/**
 * JSON: grammars of any document, and of the documents that a JSON Schema allows.
 *
 * <p>A schema is read with Jackson ({@code tools.jackson.core:jackson-databind}), which a program
 * that embeds this library must bring along for it; {@link
 * io.github.bitnet4j.constraint.json.JsonGrammar} needs nothing.
 */
package io.github.bitnet4j.constraint.json;
