/**
 * Text held to a form while it is generated: a grammar, a regular expression, a JSON Schema.
 *
 * <p>Every source is read into one notation, a {@link io.github.bitnet4j.constraint.Grammar} of
 * {@link io.github.bitnet4j.constraint.Expression}s over Unicode code points, which is compiled to
 * one automaton over the bytes of a vocabulary's tokens. The automaton masks the tokens that cannot
 * go on the text so far.
 */
package io.github.bitnet4j.constraint;
