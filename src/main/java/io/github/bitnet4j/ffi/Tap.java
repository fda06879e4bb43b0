package io.github.bitnet4j.ffi;

import java.lang.foreign.MemorySegment;

/**
 * Asks a forward pass for a copy of one step's result: {@code [tokens][width]} floats in batch
 * order.
 *
 * @param op a {@code bn_op} value
 * @param layer 0 for steps without a layer
 * @param data native memory for the floats
 */
public record Tap(int op, int layer, MemorySegment data) {}
