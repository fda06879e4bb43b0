package io.github.bitnet4j.text.jinja;

/** What a name or key that is not there yields; {@code what} says which. */
record Undefined(String what) {}
