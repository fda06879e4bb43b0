package io.github.bitnet4j.text.jinja;

/** A value that can be called. */
@FunctionalInterface
interface Function {
  Object call(Args arguments);
}
