/**
 * The definition of the arithmetic in plain Java, and how an engine is checked against it.
 *
 * <p>{@code native/ARITHMETIC.md} says what every number is; the classes here are the same text as
 * a program. They use arrays, loops, {@link java.lang.Math#fma}, {@link java.lang.Math#rint} and
 * the half-precision conversions, nothing that may differ between machines, and no cleverness.
 * Start at {@link io.github.bitnet4j.reference.ReferenceSession}, which is the whole forward pass,
 * and follow each step into {@code Ops}, {@code TernaryMatrix}, {@code KvCache} and the rest.
 *
 * <p>Results of any engine must equal the reference bit for bit. To check a port or a new kernel
 * build, compare its steps one at a time ({@link io.github.bitnet4j.ffi.NativeOps} calls them
 * singly), then a whole pass with {@link io.github.bitnet4j.reference.CrossCheck}: it feeds each
 * step of the reference with the native results before it and names the first step, layer, token
 * and element that differ.
 */
package io.github.bitnet4j.reference;
