package io.github.bitnet4j.text.jinja;

/** A place in a template, both from 1. */
record Position(int line, int column) {}
