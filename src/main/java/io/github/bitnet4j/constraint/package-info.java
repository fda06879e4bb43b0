/**
 * Text held to a form while it is generated: a grammar, a regular expression, a JSON Schema.
 *
 * <p>Every source is read into one notation, a {@link io.github.bitnet4j.constraint.Grammar} of
 * {@link io.github.bitnet4j.constraint.Expression}s over Unicode code points, which is compiled to
 * one automaton over the bytes of a vocabulary's tokens. The automaton masks the tokens that cannot
 * go on the text so far.
 *
 * <p>The path of a grammar: {@code GrammarAnalysis} refuses what cannot be used, {@code
 * GrammarCompiler} makes {@code Node}s of it, and the {@code Automaton} follows them with {@code
 * Stack}s, in {@code State}s that are made when a text first gets there. The tokens lie in {@code
 * TokenTrie}s; {@code Masks} walks them side by side with the states and remembers what it found:
 * for a state within its rule once and for all, so that only tokens that lead out of the rule are
 * looked at again for another stack. A {@link io.github.bitnet4j.constraint.ConstraintMatcher}
 * follows one text.
 */
package io.github.bitnet4j.constraint;
