/** Measures how fast a model runs, and how that compares with what the machine can do. */
package io.github.bitnet4j.bench;
