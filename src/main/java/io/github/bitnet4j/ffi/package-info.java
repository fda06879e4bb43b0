/**
 * The one place that touches the generated bindings: finding and loading the native library, owning
 * native handles, and turning status codes into exceptions.
 *
 * <p>A handle becomes owned the moment it appears: its arena runs the matching destroy function.
 * Using a closed handle is an {@link IllegalStateException}, never a crash. The classes here are
 * thin; the meaning of every call is in {@code native/include/bitnet.h}.
 */
package io.github.bitnet4j.ffi;
