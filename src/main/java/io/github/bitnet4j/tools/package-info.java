/**
 * Calls of tools, in the form each family of models writes them: held to the tools' schemas while
 * they are generated, and read from the answer. JSON is read with Jackson, as in {@link
 * io.github.bitnet4j.constraint.json}.
 */
package io.github.bitnet4j.tools;
