package io.github.bitnet4j.text.jinja;

/** The value {@code none}. */
enum None {
  NONE
}
