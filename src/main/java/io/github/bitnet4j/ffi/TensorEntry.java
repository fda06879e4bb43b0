package io.github.bitnet4j.ffi;

/**
 * One row of the native tensor table: {@code bytes} bytes at {@code offset} of region {@code
 * region} hold a matrix of {@code rows} by {@code cols}.
 *
 * @param slot a {@code bn_slot} value
 * @param layer 0 for slots without a layer
 * @param type a GGUF tensor type number
 * @param layout a {@code bn_layout} value, 0 unless the type is I2_S
 */
public record TensorEntry(
    int slot,
    int layer,
    int type,
    int layout,
    int region,
    long offset,
    long bytes,
    long rows,
    long cols) {}
