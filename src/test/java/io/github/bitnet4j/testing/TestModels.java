package io.github.bitnet4j.testing;

import io.github.bitnet4j.gguf.GgufFile;
import io.github.bitnet4j.gguf.GgufFormatException;
import io.github.bitnet4j.model.Model;
import io.github.bitnet4j.model.ModelOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Loads random models from memory. */
public final class TestModels {
  private static final long ALIGNMENT_BYTES = 64;

  private TestModels() {}

  /** A file in native memory, as an embedded model would be. */
  public static GgufFile file(byte[] bytes) throws GgufFormatException {
    MemorySegment segment = Arena.ofAuto().allocate(bytes.length, ALIGNMENT_BYTES);
    segment.copyFrom(MemorySegment.ofArray(bytes));
    return GgufFile.of(segment.asReadOnly(), "random.gguf");
  }

  /** A small random model, computed by two threads. */
  public static Model load(RandomModel.Builder builder) throws GgufFormatException {
    return load(builder, ModelOptions.DEFAULT.withThreads(2));
  }

  /** A small random model. */
  public static Model load(RandomModel.Builder builder, ModelOptions options)
      throws GgufFormatException {
    return Model.load(file(builder.toBytes()), options);
  }
}
