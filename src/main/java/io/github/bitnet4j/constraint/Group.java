package io.github.bitnet4j.constraint;

/**
 * The part of a {@link State} that lies on one stack.
 *
 * @param top the state within the current rule, as if nothing were known of what lies below
 * @param below what lies below
 */
record Group(State top, Stack below) {}
