/**
 * GGUF files: the first two steps of the data path.
 *
 * <ol>
 *   <li>① file → mapped segment. {@link io.github.bitnet4j.gguf.GgufFile#open} maps the file
 *       read-only into an arena it owns; the parts of a split file become one view.
 *   <li>② segment → validated metadata and tensor slices. Every count, length, type, offset and
 *       dimension is checked with exact arithmetic against the bytes that are really there, before
 *       anything is allocated or believed. What comes out is {@link
 *       io.github.bitnet4j.gguf.GgufMetadata}, which decodes values from the segment when asked,
 *       and {@link io.github.bitnet4j.gguf.GgufTensor}, whose data is a read-only slice of exactly
 *       its bytes.
 * </ol>
 *
 * <p>A file that breaks the format is a {@link io.github.bitnet4j.gguf.GgufFormatException} that
 * names the file, the field and its byte offset; nothing else is thrown for any content. What the
 * values mean (hyperparameters, shapes, tokens) is decided by the packages that read them, which
 * throw the same exception through {@link io.github.bitnet4j.gguf.GgufMetadata#invalid} and {@link
 * io.github.bitnet4j.gguf.GgufFile#invalid}.
 *
 * <p>{@link io.github.bitnet4j.gguf.GgufWriter} goes the other way.
 *
 * <h2>Limits</h2>
 *
 * Little-endian versions 2 and 3. At most 65,536 metadata entries and 65,536 tensors; keys are
 * printable ASCII of at most 65,535 bytes; tensor names are UTF-8 of at most 255 bytes; tensors
 * have 1 to 4 dimensions; the alignment is a power of two from 8 to 1,048,576; arrays do not nest.
 * Bytes after the last tensor are ignored.
 *
 * <p>Memory taken while opening, whatever the file holds, stays below the file's size plus 64 MB.
 */
package io.github.bitnet4j.gguf;
