package io.github.bitnet4j.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One physical file behind a {@link GgufFile}: the file itself, or one part of a split file.
 *
 * @param name name for messages: the path as it was opened, or the name given to {@link
 *     GgufFile#of}
 * @param path where the part lies; empty for bytes in memory
 * @param segment the whole part, read-only, readable until the file is closed
 * @param dataOffset byte offset of the tensor data section
 */
public record GgufPart(String name, Optional<Path> path, MemorySegment segment, long dataOffset) {}
